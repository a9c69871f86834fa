package io.github.devicetunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SocketFactory} whose sockets connect through tunnels, for drivers and clients that take
 * such a factory. Each socket has its own tunnel and behaves like a {@link Socket}, including
 * timeouts, {@code shutdownOutput} and TLS on top. This class is thread-safe.
 *
 * <pre>{@code
 * OkHttpClient http = new OkHttpClient.Builder()
 *     .socketFactory(client.socketFactory())
 *     .dns(TunnelSocketFactory.dns())
 *     .build();
 * }</pre>
 */
public final class TunnelSocketFactory extends SocketFactory {
  private final TunnelSocket.Opener opener;

  TunnelSocketFactory(TunnelSocket.Opener opener) {
    this.opener = opener;
  }

  /**
   * Returns a DNS for OkHttp clients with these sockets. Services behind tunnels are not in any DNS
   * and need no lookup. The result resolves every name to an unreachable placeholder address that
   * keeps the name.
   *
   * @return a value for {@code OkHttpClient.Builder.dns}
   */
  public static Dns dns() {
    return ServiceNames.dns();
  }

  /**
   * Always throws, because a factory belongs to a {@link TunnelClient}. The inherited method would
   * return a factory whose sockets bypass the tunnel.
   *
   * @return never
   * @throws UnsupportedOperationException always; use {@link NamedSocketFactory} where a setting
   *     takes a class name
   */
  @SuppressWarnings("DoNotCallSuggester") // called by reflection where a setting takes a class name
  public static SocketFactory getDefault() {
    throw new UnsupportedOperationException(
        "TunnelSocketFactory has no default instance; call TunnelClient.socketFactory(), or use the"
            + " class NamedSocketFactory");
  }

  TunnelStream prepare(InetSocketAddress address) throws IOException {
    return opener.prepare(address);
  }

  /** {@return an unconnected socket, which opens its tunnel when it connects} */
  @Override
  public Socket createSocket() throws IOException {
    return new TunnelSocket(opener);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(InetSocketAddress.createUnresolved(host, port), null);
  }

  /** Requires a wildcard local address, because a tunnel has no local address. */
  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        InetSocketAddress.createUnresolved(host, port),
        new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  /** Requires a wildcard local address, because a tunnel has no local address. */
  @Override
  public Socket createSocket(
      InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
  }

  private Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local)
      throws IOException {
    Socket socket = createSocket();
    if (local != null) {
      socket.bind(local);
    }
    socket.connect(address);
    return socket;
  }
}
