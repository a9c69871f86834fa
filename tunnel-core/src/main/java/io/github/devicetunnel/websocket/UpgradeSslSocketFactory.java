package io.github.devicetunnel.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Layers TLS over connected sockets as another factory does, and wraps the result in {@link
 * UpgradeSslSocket}s.
 */
final class UpgradeSslSocketFactory extends SSLSocketFactory {
  private final SSLSocketFactory delegate;

  UpgradeSslSocketFactory(SSLSocketFactory delegate) {
    this.delegate = delegate;
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
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    ObservedSocket transport = new ObservedSocket(socket);
    Socket tls = delegate.createSocket(transport, host, port, autoClose);
    return new UpgradeSslSocket((SSLSocket) tls, transport);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw onlyLayers();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw onlyLayers();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw onlyLayers();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw onlyLayers();
  }

  private static UnsupportedOperationException onlyLayers() {
    return new UnsupportedOperationException("OkHttp connects a socket before it adds TLS");
  }
}
