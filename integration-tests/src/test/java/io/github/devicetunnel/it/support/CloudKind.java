package io.github.devicetunnel.it.support;

/** The test clouds, for tests that must pass on each of them. */
public enum CloudKind {
  /** This project's cloud, over {@code ws}. */
  TESTING {
    @Override
    public Cloud start() throws Exception {
      return TestingCloud.started();
    }
  },

  /** This project's cloud, over {@code wss}, offering HTTP/2. */
  TESTING_TLS {
    @Override
    public Cloud start() throws Exception {
      return TestingCloud.startedWithTls();
    }
  },

  /** The third-party library Java-WebSocket. */
  JAVA_WEBSOCKET {
    @Override
    public Cloud start() throws Exception {
      return JavaWebSocketCloud.started();
    }
  },

  /** The third-party npm package ws. */
  NODE {
    @Override
    public Cloud start() throws Exception {
      return NodeCloud.started();
    }
  },

  /** The npm package ws, closing tunnels without a close frame. */
  NODE_BARE {
    @Override
    public Cloud start() throws Exception {
      return NodeCloud.startedBare();
    }
  },

  /** As {@link #NODE_BARE}, over {@code wss}: {@code close_notify}, then a FIN. */
  NODE_BARE_TLS {
    @Override
    public Cloud start() throws Exception {
      return NodeCloud.startedBareWithTls();
    }
  };

  public abstract Cloud start() throws Exception;
}
