package io.github.devicetunnel.it;

/** The stand-ins, for tests that every one of them must pass. */
enum CloudKind {
  /** Our own, over {@code ws}. */
  TESTING {
    @Override
    Cloud start() throws Exception {
      return TestingCloud.started();
    }
  },

  /** Our own, over {@code wss}, and it offers HTTP/2. */
  TESTING_TLS {
    @Override
    Cloud start() throws Exception {
      return TestingCloud.startedWithTls();
    }
  },

  /** Somebody else's, in Java. */
  JAVA_WEBSOCKET {
    @Override
    Cloud start() throws Exception {
      return JavaWebSocketCloud.started();
    }
  },

  /** Somebody else's, in JavaScript. */
  NODE {
    @Override
    Cloud start() throws Exception {
      return NodeCloud.started();
    }
  },

  /** The same, and it ends tunnels without a close frame. */
  NODE_BARE {
    @Override
    Cloud start() throws Exception {
      return NodeCloud.startedBare();
    }
  },

  /** The same over {@code wss}: {@code close_notify}, then a FIN. */
  NODE_BARE_TLS {
    @Override
    Cloud start() throws Exception {
      return NodeCloud.startedBareWithTls();
    }
  };

  abstract Cloud start() throws Exception;
}
