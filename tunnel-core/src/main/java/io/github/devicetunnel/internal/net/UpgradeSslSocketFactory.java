package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Layers TLS over connected sockets as another factory does, and wraps the result in {@link
 * UpgradeSslSocket}s.
 */
public final class UpgradeSslSocketFactory extends SSLSocketFactory {
  private final SSLSocketFactory delegate;

  public UpgradeSslSocketFactory(SSLSocketFactory delegate) {
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
    ArrivalClock below = socket instanceof ArrivalClock clock ? clock : null;
    return layer(new ObservedSocket(socket, below), host, port, autoClose);
  }

  /** Layers TLS over the connection to a proxy, which it closes with the TLS. */
  public UpgradeSslSocket layer(Socket socket, String host, int port) throws IOException {
    return layer(new ObservedSocket(socket, null), host, port, true);
  }

  private UpgradeSslSocket layer(ObservedSocket transport, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket tls = (SSLSocket) delegate.createSocket(transport, host, port, autoClose);
    sendName(tls, host);
    return new UpgradeSslSocket(tls, transport);
  }

  /**
   * JSSE sends no name without a dot (RFC 6066 section 3), such as one of Kubernetes or compose.
   */
  private static void sendName(SSLSocket socket, String host) {
    if (host.contains(".") || host.contains(":")) {
      return; // JSSE sends it, or it is an address.
    }
    try {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
    } catch (IllegalArgumentException e) {
      // A name with an underscore, for example, can be dialled, but not be sent.
    }
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
