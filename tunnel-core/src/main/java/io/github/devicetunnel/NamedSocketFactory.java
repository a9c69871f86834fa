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
 * Sockets through tunnels for drivers that take only the <em>name</em> of a factory class, and make
 * it themselves. What it needs is found by a name, under which an application {@link #register}s
 * the sockets of one of its clients.
 *
 * <pre>{@code
 * NamedSocketFactory.register("plant-7", client.socketFactory());
 * String url = "jdbc:postgresql://localhost/metrics"
 *     + "?socketFactory=io.github.devicetunnel.NamedSocketFactory&socketFactoryArg=plant-7";
 * }</pre>
 *
 * <p>A driver that passes no argument on, such as MariaDB's, gets sockets that take the host they
 * are connected to for the name. Many drivers look the host up before they connect: {@code
 * localhost}, or a name that is an IP address, spares a DNS the question. From any thread.
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

  /** For a driver that passes no argument on: the name is the host of each connection. */
  public NamedSocketFactory() {
    this.name = null;
  }

  /**
   * For a driver that passes an argument on.
   *
   * @param name as it was or will be registered
   */
  public NamedSocketFactory(String name) {
    this.name = name;
  }

  /**
   * Makes sockets known under a name, in this whole process, until they are {@link #unregister}ed.
   *
   * @param name not registered yet
   * @param sockets of {@link TunnelClient#socketFactory()}
   * @throws IllegalStateException when the name is taken
   */
  public static void register(String name, TunnelSocketFactory sockets) {
    if (REGISTERED.putIfAbsent(name, sockets) != null) {
      throw new IllegalStateException("the name \"" + name + "\" is registered already");
    }
  }

  /**
   * Forgets a name. Sockets that were made stay as they are.
   *
   * @param name any; one that is not registered is ignored
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
              + "\" (NamedSocketFactory.register); registered are "
              + new TreeSet<>(REGISTERED.keySet()));
    }
    return found;
  }

  private TunnelSocketFactory forHost(String host) throws UnknownHostException {
    return find(name == null ? host : name);
  }

  /**
   * Makes a factory for callers that use this static method of a class that is named in a setting,
   * such as {@code java.naming.ldap.factory.socket} of JNDI. The one that would be inherited makes
   * sockets that go past the tunnel.
   *
   * @return the same as {@link #NamedSocketFactory()}: the name is the host of each connection
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

  /** Without asking a DNS for it. */
  private static String nameOf(InetAddress address) {
    return new InetSocketAddress(address, 0).getHostString();
  }
}
