package io.github.devicetunnel.internal.proxy;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A factory for sockets that connect through a proxy for one dial. OkHttp creates unconnected
 * sockets, connects them, and sees a direct connection. {@code ws} and {@code wss}, HTTP and SOCKS
 * proxies therefore work alike.
 */
public final class ProxySocketFactory extends SocketFactory {
  private final ProxyServer proxy;
  private final @Nullable ProxyTls tls;
  private final ProxyDns dns;
  private final DialProgress dial;

  /**
   * Creates a factory for one dial.
   *
   * @param tls null if the connection to the proxy itself does not use TLS
   */
  public ProxySocketFactory(
      ProxyServer proxy, @Nullable ProxyTls tls, ProxyDns dns, DialProgress dial) {
    this.proxy = proxy;
    this.tls = tls;
    this.dns = dns;
    this.dial = dial;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new ProxySocket(proxy, tls, dns, dial);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new UnsupportedOperationException();
  }
}
