package io.github.devicetunnel.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.net.ssl.SSLSocketFactory;

/**
 * Layers TLS over connections as another factory does, and knows afterwards whether a connection
 * ended below TLS. From any thread.
 */
final class ObservedTlsSocketFactory extends SSLSocketFactory {
  /** OkHttp hands out the TLS socket alone, not the socket under it. */
  private static final Map<Socket, ObservedSocket> TRANSPORTS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final SSLSocketFactory delegate;

  ObservedTlsSocketFactory(SSLSocketFactory delegate) {
    this.delegate = delegate;
  }

  /**
   * Returns whether the end of a TLS stream was the end of the connection under it: no {@code
   * close_notify} came. False for a socket without TLS.
   */
  static boolean isTruncated(Socket socket) {
    ObservedSocket transport = TRANSPORTS.get(socket);
    return transport != null && transport.inputEnded();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    ObservedSocket transport = new ObservedSocket(socket);
    Socket tls = delegate.createSocket(transport, host, port, autoClose);
    TRANSPORTS.put(tls, transport);
    return tls;
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
  public Socket createSocket() {
    throw onlyLayers();
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
