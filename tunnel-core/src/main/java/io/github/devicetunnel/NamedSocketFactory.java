package io.github.devicetunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A socket factory for drivers that accept only the <em>name</em> of a factory class and create the
 * instance themselves. Each socket connects through its own tunnel. An application {@linkplain
 * #register registers} the {@link TunnelSocketFactory} of a client under a name, and this class
 * finds it by that name. Thread-safe.
 *
 * <pre>{@code
 * NamedSocketFactory.register("plant-7", client.socketFactory());
 * String url = "jdbc:postgresql://localhost/metrics"
 *     + "?socketFactory=io.github.devicetunnel.NamedSocketFactory&socketFactoryArg=plant-7";
 * }</pre>
 *
 * <p>Some drivers, such as MariaDB's, pass no argument to the factory. In this case, the name is
 * the host that the socket connects to. Many drivers resolve the host before they connect. Register
 * {@code localhost} or an IP address as the name to avoid a DNS query.
 *
 * <p>The LDAP client of JNDI calls {@link #getDefault()}:
 *
 * <pre>{@code
 * NamedSocketFactory.register("localhost", client.socketFactory());
 * Hashtable<String, String> settings = new Hashtable<>();
 * settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
 * settings.put(Context.PROVIDER_URL, "ldap://localhost:389");
 * settings.put("java.naming.ldap.factory.socket", NamedSocketFactory.class.getName());
 * }</pre>
 */
public final class NamedSocketFactory extends SocketFactory {
  private static final ConcurrentMap<String, TunnelSocketFactory> REGISTERED =
      new ConcurrentHashMap<>();

  private final @Nullable String name;

  /**
   * Creates a factory for a driver that passes no argument. The host of each connection is the
   * registered name.
   */
  public NamedSocketFactory() {
    this.name = null;
  }

  /**
   * Creates a factory for a driver that passes an argument.
   *
   * @param name registered name; may be registered later, but before the first connection
   */
  public NamedSocketFactory(String name) {
    this.name = name;
  }

  /**
   * Registers a socket factory under a name for the whole process. The registration lasts until
   * {@link #unregister}.
   *
   * @param name name that is not registered yet
   * @param sockets factory from {@link TunnelClient#socketFactory()}
   * @throws IllegalStateException if the name is already registered
   */
  public static void register(String name, TunnelSocketFactory sockets) {
    if (REGISTERED.putIfAbsent(name, sockets) != null) {
      throw new IllegalStateException("the name \"" + name + "\" is already registered");
    }
  }

  /**
   * Removes a registration. Connected sockets are not affected.
   *
   * @param name name to remove; ignored if it is not registered
   */
  public static void unregister(String name) {
    REGISTERED.remove(name);
  }

  private static TunnelSocketFactory find(String name) throws UnknownHostException {
    TunnelSocketFactory found = REGISTERED.get(name);
    if (found == null) {
      throw new UnknownHostException(
          "no tunnel client is registered under the name \""
              + name
              + "\"; call NamedSocketFactory.register first, registered names: "
              + new TreeSet<>(REGISTERED.keySet()));
    }
    return found;
  }

  private TunnelSocketFactory forHost(String host) throws UnknownHostException {
    return find(name == null ? host : name);
  }

  /**
   * Returns a factory for code that calls this method on a class named in a setting, such as {@code
   * java.naming.ldap.factory.socket} of JNDI. Hides {@link SocketFactory#getDefault()}, whose
   * sockets bypass the tunnel.
   *
   * @return a factory equivalent to {@link #NamedSocketFactory()}: the host of each connection is
   *     the registered name
   */
  public static SocketFactory getDefault() {
    return new NamedSocketFactory();
  }

  @Override
  public Socket createSocket() throws IOException {
    return new TunnelSocket(address -> forHost(address.getHostString()).prepare(address));
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return forHost(host).createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress localHost, int localPort)
      throws IOException {
    return forHost(host).createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return forHost(nameOf(host)).createSocket(host, port);
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    return forHost(nameOf(address)).createSocket(address, port, localAddress, localPort);
  }

  /** Returns the name of the host, or its IP address as text, without a reverse DNS lookup. */
  private static String nameOf(InetAddress address) {
    return new InetSocketAddress(address, 0).getHostString();
  }
}
