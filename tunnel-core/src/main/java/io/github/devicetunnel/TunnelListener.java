package io.github.devicetunnel;

import io.github.devicetunnel.internal.local.ListeningSocket;
import io.github.devicetunnel.internal.local.LocalSocket;
import io.github.devicetunnel.internal.local.TcpListeningSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts local connections, and hands each to a thread of its own, which dials and carries it. The
 * accepting thread never waits for a dial.
 *
 * <p>All methods may be called from any thread.
 */
public final class TunnelListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelListener.class);

  /** Connections that the system holds while none is accepted. */
  static final int BACKLOG = 256;

  /** More than a machine can have, and far from where a semaphore overflows. */
  private static final int NO_LIMIT = 1 << 30;

  private static final long SHORTEST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 1000;

  private final ListeningSocket socket;
  private final SharedResources engine;
  private final Settings settings;
  private final ClientEvents events;
  private final ListenerInfo info;
  private final Consumer<TunnelListener> onClosed;

  private volatile @Nullable Thread acceptor;
  private final Set<LocalConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Semaphore free;

  private TunnelListener(
      ListeningSocket socket,
      SharedResources engine,
      Settings settings,
      ClientEvents events,
      Consumer<TunnelListener> onClosed) {
    this.socket = socket;
    this.engine = engine;
    this.settings = settings;
    this.events = events;
    this.info = settings.listener(socket.address());
    this.onClosed = onClosed;
    this.free = new Semaphore(Math.min(settings.maxConnections(), NO_LIMIT));
  }

  static TunnelListener on(
      ListeningSocket socket,
      SharedResources engine,
      Settings settings,
      ClientEvents events,
      Consumer<TunnelListener> onClosed) {
    TunnelListener listener = new TunnelListener(socket, engine, settings, events, onClosed);
    if (socket instanceof TcpListeningSocket port && port.isOnEveryInterface()) {
      LOG.warn(
          "Listening on every interface ({}): everybody who reaches this machine reaches {}",
          port.name(),
          settings.target());
    }
    events.listenerBound(listener.info);
    listener.acceptor =
        engine.threads().start("tunnel-accept-" + socket.threadName(), listener::acceptConnections);
    return listener;
  }

  /**
   * The bound address of a TCP port.
   *
   * @return with the port that was picked if port 0 was asked for
   * @throws IllegalStateException when it listens on a unix socket
   */
  public InetSocketAddress localAddress() {
    if (socket.address() instanceof InetSocketAddress address) {
      return address;
    }
    throw new IllegalStateException("there is no port: it listens on " + socket.name());
  }

  /** {@return the bound address, of a TCP port or of a unix socket} */
  public SocketAddress localSocketAddress() {
    return socket.address();
  }

  private void acceptConnections() {
    long pause = SHORTEST_PAUSE_MILLIS;
    while (awaitFreePlace()) {
      try {
        carry(socket.accept());
        pause = SHORTEST_PAUSE_MILLIS;
      } catch (IOException | RuntimeException | Error e) {
        // Too many open files, or threads: it passes when connections end. Spinning would not help.
        free.release();
        if (!isStopping()) {
          LOG.warn(
              "{} could not accept a connection, next try in {} ms: {}",
              this,
              pause,
              e.getMessage());
          pauseFor(pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
      }
    }
  }

  /** Takes a place for one more connection; waits for one if need be. False when stopping. */
  private boolean awaitFreePlace() {
    if (!free.tryAcquire()) {
      LOG.info(
          "{} carries {} connections, as many as it may: the next wait until one ends",
          this,
          settings.maxConnections());
      events.connectionsWaiting(info, settings.maxConnections());
      free.acquireUninterruptibly();
    }
    return !isStopping();
  }

  private void ended(LocalConnection connection) {
    connections.remove(connection);
    free.release();
  }

  private void carry(LocalSocket local) throws IOException {
    boolean started = false;
    try {
      LocalConnection connection =
          new LocalConnection(local, engine, settings, eventsOf(local), this::ended);
      connections.add(connection);
      try {
        connection.start();
        started = true;
      } finally {
        if (!started) {
          connections.remove(connection);
        }
      }
      if (isStopping()) {
        connection.cut();
      }
    } finally {
      if (!started) {
        local.close();
      }
    }
  }

  private ConnectionEvents eventsOf(LocalSocket local) {
    ConnectionInfo connection = settings.connection(engine.nextConnection(), local.client());
    return new ConnectionEvents(connection, events);
  }

  /** {@return the figures of the connections that it carries} */
  Stream<ConnectionStats> stats() {
    return connections.stream().map(LocalConnection::stats);
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void pauseFor(long millis) {
    try {
      boolean unused = stopping.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody has a business interrupting this thread; it ends when the listener is closed.
    }
  }

  /**
   * Closes with the drain timeout that was set for the client, 5 seconds by default: see {@link
   * #close(Duration)}.
   */
  @Override
  public void close() {
    close(settings.timeouts().drainTimeout());
  }

  /**
   * Stops accepting, gives open connections time to finish, cuts those that did not, and returns
   * when all are closed: at most three seconds after that time. A second call does the same with
   * what is left. A thread that is interrupted meanwhile cuts at once, and keeps its flag. {@link
   * TunnelEventListener} says what is different in a callback.
   *
   * @param drain zero cuts at once
   * @return what became of the connections
   */
  public DrainReport close(Duration drain) {
    stopAccepting();
    DrainReport report = Connections.drain(connections(), drain);
    onClosed.accept(this);
    return report;
  }

  /**
   * Gives the address free. Open connections go on, until {@code close()} bounds their time: the
   * first half of a close, for whoever closes several listeners at a time.
   */
  public void stopAccepting() {
    boolean first = stopped.compareAndSet(false, true);
    stopping.countDown();
    free.release(); // for the accepting thread, should it wait for a place
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("{} could not be closed: {}", this, e.getMessage());
    }
    awaitAcceptor();
    if (first) {
      events.listenerClosed(info);
    }
  }

  List<LocalConnection> connections() {
    return List.copyOf(connections);
  }

  /** It may be about to add one more connection. It waits for nothing, so this takes no time. */
  private void awaitAcceptor() {
    Thread thread = acceptor;
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(LONGEST_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "TunnelListener[" + socket.name() + " -> " + settings.target() + "]";
  }
}
