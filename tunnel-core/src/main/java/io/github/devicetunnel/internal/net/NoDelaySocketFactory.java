package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * A factory that creates {@link NoDelaySocket}s, or sets TCP_NODELAY on the sockets of an
 * application's factory. TCP_NODELAY is set before the first byte is sent; OkHttp does not set it.
 */
public final class NoDelaySocketFactory extends SocketFactory {
  private final SocketFactory delegate;
  private final boolean direct;

  /**
   * Creates a factory.
   *
   * @param direct whether new sockets ignore the SOCKS proxy of the JVM's system properties
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
