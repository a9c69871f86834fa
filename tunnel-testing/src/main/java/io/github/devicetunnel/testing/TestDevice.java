package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.CloseCode;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * A gateway of a {@link TunnelService}, with its services and its entry in the device directory.
 * Initially connected. All methods are thread-safe, may be called at any time and do not block.
 */
public final class TestDevice {
  private final String id;
  private final Workers workers;
  private final DirectoryEntry directoryEntry;
  private final FaultOrders faults = new FaultOrders();
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final Set<OpenTunnel> tunnels = new HashSet<>(); // guarded by this
  private boolean connected = true; // guarded by this
  private volatile DialScope scope;

  TestDevice(String id, Workers workers, DialScope scope) {
    this.id = id;
    this.workers = workers;
    this.directoryEntry = new DirectoryEntry(id);
    this.scope = scope;
  }

  /** {@return the device ID, in lower case} */
  public String id() {
    return id;
  }

  /**
   * Serves a service with test code, from the next tunnel on.
   *
   * @param serviceAddress the service address as in requests, such as {@code 127.0.0.1:80}
   * @param handler called once per tunnel
   * @return this
   * @throws IllegalArgumentException if the service address is malformed
   */
  public TestDevice onConnect(String serviceAddress, ConnectionHandler handler) {
    Objects.requireNonNull(handler, "handler is null");
    return route(serviceAddress, new Route.ToHandler(handler));
  }

  /**
   * Routes a service address to a socket of the test, from the next tunnel on. A service address
   * without a route or handler is not dialled by default, and requests for it are answered with
   * 404.
   *
   * @param serviceAddress the service address as in requests, such as {@code 127.0.0.1:80}
   * @param actual the address to dial instead: a loopback address, or the wildcard address of a
   *     server that listens on all interfaces
   * @return this
   * @throws IllegalArgumentException if the service address is malformed, the host of the actual
   *     address is unresolved, or the actual address is not on loopback and {@link #dialAnything}
   *     was not called
   */
  public TestDevice route(String serviceAddress, InetSocketAddress actual) {
    checkResolved(actual);
    if (!scope.allowsRoute(actual)) {
      throw new IllegalArgumentException(
          "the target "
              + actual
              + " of the route for "
              + serviceAddress
              + " is not a loopback address; call dialAnything() first to allow other hosts");
    }
    return route(serviceAddress, new Route.ToAddress(actual));
  }

  private TestDevice route(String serviceAddress, Route route) {
    ServiceAddress.check(serviceAddress);
    routes.put(serviceAddress, route);
    return this;
  }

  /**
   * Allows loopback service addresses without a route to be dialled, from the next tunnel on. An
   * example is {@code 127.0.0.1:43210} of a server that the test started. Every server on these
   * addresses becomes reachable, including a listener that tunnels to a real gateway.
   *
   * @return this
   */
  public synchronized TestDevice dialLoopback() {
    scope = scope.or(DialScope.LOOPBACK);
    return this;
  }

  /**
   * Allows every service address without a route to be dialled, and routes to any host, from the
   * next tunnel on. The test can then reach every host that this machine can reach, such as a
   * controller in a plant.
   *
   * @return this
   */
  public synchronized TestDevice dialAnything() {
    scope = scope.or(DialScope.ANYTHING);
    return this;
  }

  /**
   * Sets the name in the device directory. Names are not unique.
   *
   * @param value the name; empty by default
   * @return this
   */
  public TestDevice name(String value) {
    return text("name", value);
  }

  /**
   * Sets the state in the device directory. It has no effect on tunnels.
   *
   * @param value the state: {@code unenrolled}, {@code cloud_enrolling}, {@code bootstrapped},
   *     {@code registered}, {@code deregistered}, or a state that clients do not know. Default:
   *     {@code registered} while the gateway is connected, otherwise {@code deregistered}
   * @return this
   */
  public TestDevice state(String value) {
    return text("state", value);
  }

  /**
   * Sets the endpoint name in the device directory.
   *
   * @param value the endpoint name; empty by default
   * @return this
   */
  public TestDevice endpointName(String value) {
    return text("endpoint_name", value);
  }

  /**
   * Sets the serial number in the device directory.
   *
   * @param value the serial number; empty by default
   * @return this
   */
  public TestDevice serialNumber(String value) {
    return text("serial_number", value);
  }

  /**
   * Sets the host gateway in the device directory.
   *
   * @param value the endpoint name of the host gateway; empty by default
   * @return this
   */
  public TestDevice hostGateway(String value) {
    return text("host_gateway", value);
  }

  /**
   * Sets the device class in the device directory.
   *
   * @param value the model and hardware revision; empty by default
   * @return this
   */
  public TestDevice deviceClass(String value) {
    return text("device_class", value);
  }

  private TestDevice text(String field, String value) {
    directoryEntry.text(field, value);
    return this;
  }

  /**
   * Sets a custom attribute in the device directory.
   *
   * @param name the name of the attribute
   * @param value the value, which replaces a previous one
   * @return this
   */
  public TestDevice customAttribute(String name, String value) {
    directoryEntry.customAttribute(name, value);
    return this;
  }

  /**
   * Sets the time of creation in the device directory.
   *
   * @param value the time. Default: the time when the gateway was added to the service
   * @return this
   */
  public TestDevice createdAt(Instant value) {
    directoryEntry.time("created_at", value);
    return this;
  }

  /**
   * Sets the time of the last update in the device directory.
   *
   * @param value the time. Default: the time when the gateway was added to the service; other
   *     methods do not change it
   * @return this
   */
  public TestDevice updatedAt(Instant value) {
    directoryEntry.time("updated_at", value);
    return this;
  }

  /**
   * Returns the tunnel faults that apply to new tunnels of this gateway.
   *
   * @return the fault orders
   */
  public FaultOrders faults() {
    return faults;
  }

  /**
   * Disconnects the gateway from the network. Its tunnels are closed with code 1011, and requests
   * are answered with 404.
   */
  public synchronized void disconnect() {
    connected = false;
    tunnels.forEach(this::closeAsync);
  }

  /** Reconnects the gateway to the network. Has no effect if the gateway is connected. */
  public synchronized void connect() {
    connected = true;
  }

  /** {@return whether the gateway is connected, so that tunnels can be opened} */
  public synchronized boolean isConnected() {
    return connected;
  }

  static void checkResolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("the host of " + address + " cannot be resolved");
    }
  }

  /** Returns the entry of this gateway in the device directory. */
  DirectoryItem directoryItem() {
    return directoryEntry.item(isConnected() ? "registered" : "deregistered");
  }

  /** Returns the route to a service. */
  Route routeTo(ConnectionPath path) {
    Route route = routes.get(path.service());
    if (route != null) {
      return route;
    }
    return scope.allowsUnrouted(path.address())
        ? new Route.ToAddress(path.address())
        : new Route.ToNothing(path.service());
  }

  synchronized void add(OpenTunnel tunnel) {
    tunnels.add(tunnel);
    if (!connected) {
      closeAsync(tunnel);
    }
  }

  synchronized void remove(OpenTunnel tunnel) {
    tunnels.remove(tunnel);
  }

  synchronized List<OpenTunnel> tunnels() {
    return List.copyOf(tunnels);
  }

  /**
   * Closes a tunnel on another thread, because a client that does not read would block this one.
   */
  private void closeAsync(OpenTunnel tunnel) {
    try {
      workers.run(
          tunnel.name().threadName("disconnect"),
          () -> tunnel.close(CloseCode.INTERNAL_ERROR, "the gateway was disconnected"));
    } catch (RejectedExecutionException e) {
      // The service is closing, and everything is aborted.
    }
  }

  @Override
  public String toString() {
    return "TestDevice[" + id + (isConnected() ? "]" : ", disconnected]");
  }
}
