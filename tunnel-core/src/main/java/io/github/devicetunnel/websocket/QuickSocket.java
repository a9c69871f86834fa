package io.github.devicetunnel.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;

/**
 * A socket that neither sends nor notices bytes later than it could. Without TCP_NODELAY Nagle's
 * algorithm and delayed acknowledgements cost a TLS handshake 40 ms; and a reader that is woken for
 * each of many small answers sleeps longer than they take, see {@link SpinningInput}.
 */
class QuickSocket extends Socket {
  QuickSocket() throws IOException {
    setTcpNoDelay(true);
  }

  /** With a proxy that the socket itself knows how to use, or {@link Proxy#NO_PROXY}. */
  QuickSocket(Proxy proxy) throws IOException {
    super(proxy);
    setTcpNoDelay(true);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new SpinningInput(super.getInputStream());
  }
}
