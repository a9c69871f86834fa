package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.CloseCode;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * A gateway behind a {@link TunnelService}, with the services that it sees. It is connected until
 * it is told otherwise. All methods may be called at any time, from any thread; none waits.
 */
public final class TestDevice {
  private final String id;
  private final Workers workers;
  private final FaultOrders faults = new FaultOrders();
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final Set<OpenTunnel> tunnels = new HashSet<>(); // guarded by this
  private boolean connected = true; // guarded by this
  private volatile DialScope scope;

  TestDevice(String id, Workers workers, DialScope scope) {
    this.id = id;
    this.workers = workers;
    this.scope = scope;
  }

  /** {@return the ID, in lower case} */
  public String id() {
    return id;
  }

  /**
   * Serves tunnels to a service by code of the test, from the next tunnel on.
   *
   * @param serviceAddress as it stands in requests, {@code 127.0.0.1:80} for example
   * @param handler called for each tunnel
   * @return this
   * @throws IllegalArgumentException when the address is none
   */
  public TestDevice onConnect(String serviceAddress, ConnectionHandler handler) {
    Objects.requireNonNull(handler, "handler is null");
    return route(serviceAddress, new Route.ToHandler(handler));
  }

  /**
   * Routes a service address to a socket of the test, from the next tunnel on. A service address
   * that has neither a route nor a handler is not dialled: requests are answered 404.
   *
   * @param serviceAddress as it stands in requests, {@code 127.0.0.1:80} for example
   * @param actual address that is dialled instead: on loopback, or the wildcard address of a server
   *     that listens on every interface
   * @return this
   * @throws IllegalArgumentException when either is not an address, the host of the second is
   *     unknown, or not on loopback and {@link #dialAnything} was not called
   */
  public TestDevice route(String serviceAddress, InetSocketAddress actual) {
    checkKnown(actual);
    if (!scope.allowsRoute(actual)) {
      throw new IllegalArgumentException(
          "the route of "
              + serviceAddress
              + " leads to "
              + actual
              + ", which is not a loopback address; call dialAnything() first if this test is to"
              + " dial other hosts");
    }
    return route(serviceAddress, new Route.ToAddress(actual));
  }

  private TestDevice route(String serviceAddress, Route route) {
    ServiceAddress.check(serviceAddress);
    routes.put(serviceAddress, route);
    return this;
  }

  /**
   * Dials service addresses that have no route but are on loopback, such as {@code 127.0.0.1:43210}
   * of a server that the test started, from the next tunnel on. Whatever listens there can be
   * reached, also a listener that leads to a real gateway.
   *
   * @return this
   */
  public synchronized TestDevice dialLoopback() {
    scope = scope.or(DialScope.LOOPBACK);
    return this;
  }

  /**
   * Dials every service address that has no route, and accepts routes to any host, from the next
   * tunnel on. The test can then reach whatever this machine reaches, such as a controller in a
   * plant.
   *
   * @return this
   */
  public synchronized TestDevice dialAnything() {
    scope = scope.or(DialScope.ANYTHING);
    return this;
  }

  /**
   * Faults of tunnels to this gateway that are still to be opened.
   *
   * @return where to order them
   */
  public FaultOrders faults() {
    return faults;
  }

  /**
   * Takes the gateway from the network: its tunnels are closed with 1011, and no more are opened.
   * Requests are answered 404.
   */
  public synchronized void disconnect() {
    connected = false;
    tunnels.forEach(this::closeSoon);
  }

  /** Puts the gateway back to the network. Does nothing when it was never taken from it. */
  public synchronized void connect() {
    connected = true;
  }

  /** {@return whether tunnels can be opened} */
  public synchronized boolean isConnected() {
    return connected;
  }

  static void checkKnown(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("the host of " + address + " is not known");
    }
  }

  /** Where a service is. */
  Route routeTo(ConnectionPath path) {
    Route route = routes.get(path.service());
    if (route != null) {
      return route;
    }
    return scope.allowsUnrouted(path.address())
        ? new Route.ToAddress(path.address())
        : new Route.ToNothing(path.service());
  }

  synchronized void begin(OpenTunnel tunnel) {
    tunnels.add(tunnel);
    if (!connected) {
      closeSoon(tunnel);
    }
  }

  synchronized void end(OpenTunnel tunnel) {
    tunnels.remove(tunnel);
  }

  synchronized List<OpenTunnel> tunnels() {
    return List.copyOf(tunnels);
  }

  /** By another thread: a client that does not read must not be waited for here. */
  private void closeSoon(OpenTunnel tunnel) {
    try {
      workers.run(
          tunnel.name().thread("disconnect"),
          () -> tunnel.close(CloseCode.INTERNAL_ERROR, "the gateway was disconnected"));
    } catch (RejectedExecutionException e) {
      // The service is being closed, and everything is cut.
    }
  }

  @Override
  public String toString() {
    return "TestDevice[" + id + (isConnected() ? "]" : ", disconnected]");
  }
}
