package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A TLS socket factory that registers the TLS layer of MockWebServer with its {@link
 * AcceptedSocket}.
 */
final class LayeredTls extends SSLSocketFactory {
  private final SSLSocketFactory delegate;

  LayeredTls(SSLSocketFactory delegate) {
    this.delegate = delegate;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    Socket layered = delegate.createSocket(socket, host, port, autoClose);
    if (socket instanceof AcceptedSocket accepted && layered instanceof SSLSocket tls) {
      accepted.setTls(tls);
    }
    return layered;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return delegate.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return delegate.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw onlyLayered();
  }

  private static SocketException onlyLayered() {
    return new SocketException("only accepted sockets can be layered with TLS");
  }
}
