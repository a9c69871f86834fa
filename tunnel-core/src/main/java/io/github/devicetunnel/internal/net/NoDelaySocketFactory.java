package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes {@link NoDelaySocket}s, or sets TCP_NODELAY on the sockets of an application's own factory:
 * before the first byte, which OkHttp does not.
 */
public final class NoDelaySocketFactory extends SocketFactory {
  private final SocketFactory delegate;
  private final boolean direct;

  /**
   * Wraps a factory.
   *
   * @param direct whether new sockets ignore the SOCKS proxy of the system properties of the JVM
   */
  public NoDelaySocketFactory(SocketFactory delegate, boolean direct) {
    this.delegate = delegate;
    this.direct = direct;
  }

  @Override
  public Socket createSocket() throws IOException {
    if (delegate != SocketFactory.getDefault()) {
      return noDelay(delegate.createSocket());
    }
    return direct ? new NoDelaySocket(Proxy.NO_PROXY) : new NoDelaySocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return noDelay(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return noDelay(delegate.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return noDelay(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return noDelay(delegate.createSocket(host, port, local, localPort));
  }

  private static Socket noDelay(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    return socket;
  }
}
