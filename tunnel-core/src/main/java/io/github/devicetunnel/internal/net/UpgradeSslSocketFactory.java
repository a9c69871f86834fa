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
 * A factory that adds TLS to connected sockets with another factory and wraps the results in {@link
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

  /** Adds TLS to the connection to a proxy. Closing the TLS socket closes the connection. */
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
   * Sets the server name (RFC 6066 section 3). JSSE sends no name without a dot, such as the name
   * of a service in Kubernetes or Docker Compose.
   */
  private static void sendName(SSLSocket socket, String host) {
    if (host.contains(".") || host.contains(":")) {
      return; // JSSE sends the name, or the host is an address.
    }
    try {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
    } catch (IllegalArgumentException e) {
      // Some valid host names, for example with an underscore, cannot be sent as a server name.
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
