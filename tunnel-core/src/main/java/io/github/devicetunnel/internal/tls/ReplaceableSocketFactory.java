package io.github.devicetunnel.internal.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A socket factory that delegates to the factory set last. OkHttp keeps one factory for the life of
 * a client, and compares it to find a connection in its pool. Thread-safe. See
 * docs/rationale/tls-and-proxies.md.
 */
public final class ReplaceableSocketFactory extends SSLSocketFactory {
  private volatile SSLSocketFactory current;

  public ReplaceableSocketFactory(SSLSocketFactory first) {
    current = first;
  }

  /** Sets the factory for all further sockets. */
  public void replace(SSLSocketFactory next) {
    current = next;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return current.createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket() throws IOException {
    return current.createSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return current.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return current.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return current.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return current.createSocket(host, port, local, localPort);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return current.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return current.getSupportedCipherSuites();
  }
}
