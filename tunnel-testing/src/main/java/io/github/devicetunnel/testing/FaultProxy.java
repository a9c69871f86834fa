package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A TCP proxy on loopback that applies wire faults between a client and the tunnelling service. A
 * wire fault is a fault of the network and affects the bytes of a TCP connection. The proxy does
 * not interpret these bytes, so it supports {@code ws} and {@code wss}. For faults that the service
 * applies to a tunnel, see {@link Fault}.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.start(service.uri())) {
 *   // connect to proxy.uri()
 *   proxy.faults(Direction.TOWARD_CLIENT).throttle(100_000).corruptAfter(4096, 0);
 *   proxy.cut(Cut.RST);
 * }
 * }</pre>
 *
 * <p>Without faults, the proxy forwards all bytes, ends of streams and resets as they arrive.
 * Buffers are small, so that a stall takes effect quickly: 64 KiB in the proxy, and the same size
 * requested for the socket buffers on both sides.
 *
 * <p>Thread-safe; only {@link #close} blocks. Each connection has two daemon threads, {@code
 * fault-proxy-PORT-N-up} and {@code …-down}; another thread accepts connections.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The treatment of a new connection. */
  public enum AcceptAction {
    /** Accept and forward. */
    FORWARD,
    /** Accept and reset immediately. */
    RESET,
    /** Accept and never answer. The cloud is not contacted. */
    HANG
  }

  private final String uri;
  private final InetSocketAddress target;
  private final ServerSocket serverSocket;
  // guarded by this
  private final Map<Direction, WireFaultPlan> newPlans = new EnumMap<>(Direction.class);
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile AcceptAction acceptAction = AcceptAction.FORWARD;
  private volatile boolean closed;

  private FaultProxy(URI cloud, ServerSocket serverSocket) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    serverSocket.setReceiveBufferSize(ProxiedConnection.SOCKET_BUFFER);
    serverSocket.bind(new InetSocketAddress(loopback, 0), BACKLOG);
    this.serverSocket = serverSocket;
    this.target = new InetSocketAddress(cloud.getHost(), cloud.getPort());
    this.uri = cloud.getScheme() + "://" + cloud.getHost() + ":" + serverSocket.getLocalPort();
    for (Direction direction : Direction.values()) {
      newPlans.put(direction, WireFaultPlan.NONE);
    }
  }

  /**
   * Starts a proxy on a free port of 127.0.0.1.
   *
   * @param cloudUri the URI of a service on this machine, with its port; see {@link
   *     TunnelService#uri}
   * @return the proxy, which accepts connections
   * @throws IOException if no port is available
   * @throws IllegalArgumentException if the URI has no host or no port
   */
  public static FaultProxy start(String cloudUri) throws IOException {
    URI cloud = URI.create(cloudUri);
    if (cloud.getHost() == null || cloud.getPort() < 0) {
      throw new IllegalArgumentException(
          "cloudUri must have a host and a port, but is " + cloudUri);
    }
    ServerSocket serverSocket = new ServerSocket();
    try {
      FaultProxy proxy = new FaultProxy(cloud, serverSocket);
      proxy.startThread("accept", proxy::acceptConnections);
      return proxy;
    } catch (IOException | RuntimeException e) {
      serverSocket.close();
      throw e;
    }
  }

  /**
   * Returns the URI of the cloud with the port of this proxy. The host name is unchanged, so that
   * certificates remain valid.
   *
   * @return a URI for {@code TunnelClient.Builder.cloudUri}
   */
  public String uri() {
    return uri;
  }

  /**
   * Returns the wire faults of all connections, open and new.
   *
   * @param direction the direction of the affected bytes
   * @return the wire faults
   */
  public WireFaults faults(Direction direction) {
    return new WireFaults(change -> order(direction, change, true));
  }

  /**
   * Returns the wire faults of new connections. Open connections are not affected.
   *
   * @param direction the direction of the affected bytes
   * @return the wire faults
   */
  public WireFaults newConnectionFaults(Direction direction) {
    return new WireFaults(change -> order(direction, change, false));
  }

  private synchronized void order(
      Direction direction, UnaryOperator<WireFaultPlan> change, boolean openConnectionsToo) {
    newPlans.compute(
        direction, (key, plan) -> change.apply(plan == null ? WireFaultPlan.NONE : plan));
    if (openConnectionsToo) {
      connections.forEach(connection -> connection.order(direction, change));
    }
  }

  /** Removes all wire faults in both directions, and forwards new connections. */
  public void clear() {
    onAccept(AcceptAction.FORWARD);
    faults(Direction.TOWARD_CLOUD).clear();
    faults(Direction.TOWARD_CLIENT).clear();
  }

  /**
   * Sets the treatment of new connections.
   *
   * @param action the treatment. Default: {@link AcceptAction#FORWARD}
   */
  public void onAccept(AcceptAction action) {
    acceptAction = action;
  }

  /**
   * Cuts all open connections immediately, in both directions. Bytes that were read but not
   * forwarded are lost.
   *
   * @param how the kind of cut that both ends see
   */
  public void cut(Cut how) {
    connections.forEach(connection -> connection.cut(how));
  }

  /**
   * {@return the number of accepted connections, including those that were reset or never answered}
   */
  public int acceptedConnections() {
    return accepted.get();
  }

  /** {@return the number of open connections} */
  public int openConnections() {
    return connections.size();
  }

  private void acceptConnections() {
    while (!closed) {
      try {
        handle(serverSocket.accept());
      } catch (IOException e) {
        // Either the proxy is closed, or the process has temporarily run out of file descriptors.
        LockSupport.parkNanos(closed ? 0 : PAUSE_NANOS);
      }
    }
  }

  private void handle(Socket client) {
    int number = accepted.incrementAndGet();
    AcceptAction action = acceptAction;
    if (action == AcceptAction.RESET) {
      Sockets.reset(client);
      return;
    }
    ProxiedConnection connection = register(client);
    if (closed) {
      connection.cut(Cut.RST);
    }
    startThread(
        number + "-up",
        () -> {
          if (action == AcceptAction.HANG) {
            connection.hang();
          } else if (connection.dial(target)) {
            startThread(number + "-down", () -> connection.pump(Direction.TOWARD_CLIENT));
            connection.pump(Direction.TOWARD_CLOUD);
          }
        });
  }

  /** Registers a connection, under the same lock as orders so that it misses none. */
  private synchronized ProxiedConnection register(Socket client) {
    ProxiedConnection connection =
        new ProxiedConnection(
            client,
            newPlans.getOrDefault(Direction.TOWARD_CLOUD, WireFaultPlan.NONE),
            newPlans.getOrDefault(Direction.TOWARD_CLIENT, WireFaultPlan.NONE),
            connections::remove);
    connections.add(connection);
    return connection;
  }

  private void startThread(String name, Runnable task) {
    // A thread that removed itself would still be alive for a moment, unnoticed by close.
    threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new Thread(task, "fault-proxy-" + serverSocket.getLocalPort() + "-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /**
   * Resets all connections, stops listening and waits at most five seconds until all sockets and
   * threads are gone. Further calls have no effect.
   */
  @Override
  public void close() {
    closed = true;
    try {
      serverSocket.close();
    } catch (IOException e) {
      // The socket no longer listens in any case.
    }
    long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    // The accepting thread may add one more connection, and a dial one more thread.
    while (threads.stream().anyMatch(Thread::isAlive) && System.nanoTime() - end < 0) {
      cut(Cut.RST);
      for (Thread thread : List.copyOf(threads)) {
        if (!join(thread, end)) {
          return;
        }
      }
    }
  }

  private static boolean join(Thread thread, long end) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public String toString() {
    return "FaultProxy[" + uri + " -> " + target + "]";
  }
}
