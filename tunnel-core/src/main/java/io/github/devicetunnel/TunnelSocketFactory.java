package io.github.devicetunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets whose other end is a service behind a tunnel, for drivers and clients that take a
 * {@link SocketFactory}. Each connects through a tunnel of its own, and behaves as a {@link Socket}
 * does: timeouts, {@code shutdownOutput}, TLS on top. From any thread.
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
   * A DNS for OkHttp together with these sockets: the names of services behind tunnels are found
   * nowhere, and need not be. Every name gets an address at which nothing is, and keeps its name.
   *
   * @return what {@code OkHttpClient.Builder.dns} takes
   */
  public static Dns dns() {
    return ServiceNames.dns();
  }

  /**
   * Fails: a factory belongs to a {@link TunnelClient}, and the default factory that would be
   * inherited makes sockets that go past the tunnel.
   *
   * @return never
   * @throws UnsupportedOperationException always; name {@link NamedSocketFactory} where a setting
   *     takes the name of a class
   */
  @SuppressWarnings("DoNotCallSuggester") // callers of class names call it by reflection
  public static SocketFactory getDefault() {
    throw new UnsupportedOperationException(
        "TunnelSocketFactory has no default: call TunnelClient.socketFactory(), or name the class"
            + " NamedSocketFactory");
  }

  TunnelStream prepare(InetSocketAddress address) throws IOException {
    return opener.prepare(address);
  }

  /** {@return a socket that is yet to be connected, which opens its tunnel} */
  @Override
  public Socket createSocket() throws IOException {
    return new TunnelSocket(opener);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(InetSocketAddress.createUnresolved(host, port), null);
  }

  /** The local address must be the wildcard: a tunnel has none. */
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

  /** The local address must be the wildcard: a tunnel has none. */
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
