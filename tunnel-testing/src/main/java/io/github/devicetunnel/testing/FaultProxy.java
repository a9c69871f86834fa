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
 * A bad network, to order: a TCP proxy on loopback between a client and the tunnelling service. It
 * does not look into what it carries, so it stands before {@code ws} and {@code wss} alike.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.start(service.uri())) {
 *   // connect to proxy.uri()
 *   proxy.faults(Direction.TOWARD_CLIENT).throttle(100_000).corruptAfter(4096, 0);
 *   proxy.cut(Cut.RST);
 * }
 * }</pre>
 *
 * <p>Without an order everything passes as it comes, with ends of streams and resets. Buffers are
 * kept small, so that a stall is soon felt: 64 KiB here, and as much asked of the system on either
 * side.
 *
 * <p>All methods may be called from any thread; none but {@link #close} waits. Two daemon threads
 * serve a connection, {@code fault-proxy-PORT-N-up} and {@code …-down}, and one accepts.
 */
public final class FaultProxy implements AutoCloseable {
  static final int SOCKET_BUFFER = 64 << 10;

  private static final int BACKLOG = 1024;
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Which way bytes go. */
  public enum Direction {
    /** What the client sends. */
    TOWARD_CLOUD,
    /** What the client gets. */
    TOWARD_CLIENT
  }

  /** How a connection is cut. */
  public enum Cut {
    /**
     * Both ends get the end of the stream after what was forwarded to them. What they still send is
     * thrown away, until they close as well.
     */
    FIN,
    /** Both ends get a reset, which may overtake what they have not read yet. */
    RST
  }

  /** What becomes of new connections. */
  public enum Arrival {
    /** They are carried. */
    FORWARD,
    /** They are accepted and reset. */
    REFUSE,
    /** They are accepted and get no answer; the cloud never hears of them. */
    HANG
  }

  private final String uri;
  private final InetSocketAddress target;
  private final ServerSocket serverSocket;
  private final Map<Direction, FaultPlan> newPlans = new EnumMap<>(Direction.class); // by this
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Arrival arrival = Arrival.FORWARD;
  private volatile boolean closed;

  private FaultProxy(URI cloud, ServerSocket serverSocket) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    serverSocket.setReceiveBufferSize(SOCKET_BUFFER);
    serverSocket.bind(new InetSocketAddress(loopback, 0), BACKLOG);
    this.serverSocket = serverSocket;
    this.target = new InetSocketAddress(cloud.getHost(), cloud.getPort());
    this.uri = cloud.getScheme() + "://" + cloud.getHost() + ":" + serverSocket.getLocalPort();
    for (Direction direction : Direction.values()) {
      newPlans.put(direction, FaultPlan.NONE);
    }
  }

  /**
   * Begins to listen, on a free port of 127.0.0.1.
   *
   * @param cloudUri of a service on this machine, with its port: {@link TunnelService#uri}
   * @return the proxy, accepting
   * @throws IOException when there is no port to be had
   * @throws IllegalArgumentException when the URI has no host or no port
   */
  public static FaultProxy start(String cloudUri) throws IOException {
    URI cloud = URI.create(cloudUri);
    if (cloud.getHost() == null || cloud.getPort() < 0) {
      throw new IllegalArgumentException("a URI with a host and a port is needed: " + cloudUri);
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
   * The cloud's URI with this proxy's port, and the same name of the host, on which certificates
   * depend.
   *
   * @return what {@code TunnelClient.Builder.cloudUri} takes
   */
  public String uri() {
    return uri;
  }

  /**
   * Faults of all connections, the open ones and those to come.
   *
   * @param direction whose bytes
   * @return where to order them
   */
  public Faults faults(Direction direction) {
    return new Faults(change -> order(direction, change, true));
  }

  /**
   * Faults of the connections to come; open ones go on as they were.
   *
   * @param direction whose bytes
   * @return where to order them
   */
  public Faults faultsOfNew(Direction direction) {
    return new Faults(change -> order(direction, change, false));
  }

  private synchronized void order(
      Direction direction, UnaryOperator<FaultPlan> change, boolean openOnesToo) {
    newPlans.compute(direction, (key, plan) -> change.apply(plan == null ? FaultPlan.NONE : plan));
    if (openOnesToo) {
      connections.forEach(connection -> connection.lane(direction).order(change));
    }
  }

  /** Takes back all orders in both directions, and carries what arrives. */
  public void clear() {
    arrive(Arrival.FORWARD);
    faults(Direction.TOWARD_CLOUD).clear();
    faults(Direction.TOWARD_CLIENT).clear();
  }

  /**
   * Says what becomes of connections from the next one on.
   *
   * @param how {@link Arrival#FORWARD} at first
   */
  public void arrive(Arrival how) {
    arrival = how;
  }

  /**
   * Cuts all open connections now, in both directions. Bytes that were read and not forwarded are
   * lost.
   *
   * @param how what both ends get
   */
  public void cut(Cut how) {
    connections.forEach(connection -> connection.cut(how));
  }

  /** {@return how many connections have been accepted, refused ones and hanging ones too} */
  public int accepted() {
    return accepted.get();
  }

  /** {@return how many connections are open} */
  public int open() {
    return connections.size();
  }

  private void acceptConnections() {
    while (!closed) {
      try {
        handle(serverSocket.accept());
      } catch (IOException e) {
        // Either this is closed, or there are no descriptors left for the moment.
        LockSupport.parkNanos(closed ? 0 : PAUSE_NANOS);
      }
    }
  }

  private void handle(Socket client) {
    int number = accepted.incrementAndGet();
    Arrival how = arrival;
    if (how == Arrival.REFUSE) {
      ProxiedConnection.reset(client);
      return;
    }
    ProxiedConnection connection = register(client);
    if (closed) {
      connection.cut(Cut.RST);
    }
    startThread(
        number + "-up",
        () -> {
          if (how == Arrival.HANG) {
            connection.hang();
          } else if (connection.dial(target)) {
            startThread(number + "-down", () -> connection.carry(Direction.TOWARD_CLIENT));
            connection.carry(Direction.TOWARD_CLOUD);
          }
        });
  }

  /** Under the same lock as orders, so that none is missed in between. */
  private synchronized ProxiedConnection register(Socket client) {
    ProxiedConnection connection =
        new ProxiedConnection(
            client,
            newPlans.getOrDefault(Direction.TOWARD_CLOUD, FaultPlan.NONE),
            newPlans.getOrDefault(Direction.TOWARD_CLIENT, FaultPlan.NONE),
            connections::remove);
    connections.add(connection);
    return connection;
  }

  private void startThread(String name, Runnable task) {
    // A thread that took itself off this list would still be alive for a moment, unseen by close.
    threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new Thread(task, "fault-proxy-" + serverSocket.getLocalPort() + "-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /**
   * Resets all connections, stops listening, and returns when all sockets and threads are gone,
   * after five seconds at most. The second call does nothing.
   */
  @Override
  public void close() {
    closed = true;
    try {
      serverSocket.close();
    } catch (IOException e) {
      // It listens no more all the same.
    }
    long end = System.nanoTime() + CLOSE_TIME.toNanos();
    // The thread that accepts may add one more connection, and a dial one more thread.
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
