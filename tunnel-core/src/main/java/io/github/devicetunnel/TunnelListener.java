package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local port or unix socket that forwards each accepted connection through its own tunnel. Each
 * connection dials on a separate thread, so the accepting thread never waits for a dial.
 *
 * <p>This class is thread-safe.
 */
public final class TunnelListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelListener.class);

  /** Length of the accept queue of the system. */
  static final int BACKLOG = 256;

  private static final long MIN_PAUSE_MILLIS = 10;
  private static final long MAX_PAUSE_MILLIS = 1000;

  private final ListeningSocket socket;
  private final SharedResources resources;
  private final Settings settings;
  private final Admission admission;
  private final ClientEvents events;
  private final ListenerInfo info;
  private final Consumer<TunnelListener> onClosed;

  private volatile @Nullable Thread acceptor;
  private final Set<LocalConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Admission.@Nullable Permit waiting;

  private TunnelListener(
      ListeningSocket socket,
      SharedResources resources,
      Settings settings,
      Admission admission,
      ClientEvents events,
      Consumer<TunnelListener> onClosed) {
    this.socket = socket;
    this.resources = resources;
    this.settings = settings;
    this.admission = admission;
    this.events = events;
    this.info = settings.listener(socket.address());
    this.onClosed = onClosed;
  }

  static TunnelListener on(
      ListeningSocket socket,
      SharedResources resources,
      Settings settings,
      Admission admission,
      ClientEvents events,
      Consumer<TunnelListener> onClosed) {
    TunnelListener listener =
        new TunnelListener(socket, resources, settings, admission, events, onClosed);
    if (socket instanceof TcpListeningSocket port && port.isOnEveryInterface()) {
      LOG.warn(
          "Listening on all interfaces ({}): any host that reaches this machine can connect to {}",
          port.name(),
          settings.target());
    }
    events.listenerBound(listener.info);
    listener.acceptor =
        resources
            .threads()
            .start(settings.name() + "-accept-" + socket.threadName(), listener::acceptConnections);
    return listener;
  }

  /**
   * Returns the bound address.
   *
   * @return an {@link InetSocketAddress} with the selected port if port 0 was requested, or the
   *     {@link java.net.UnixDomainSocketAddress} of a unix socket
   */
  public SocketAddress localAddress() {
    return socket.address();
  }

  /**
   * Returns the bound TCP port.
   *
   * @return the port, also if port 0 was requested
   * @throws IllegalStateException if this listener uses a unix socket
   */
  public int localPort() {
    if (socket.address() instanceof InetSocketAddress address) {
      return address.getPort();
    }
    throw new IllegalStateException(this + " listens on a unix socket, which has no port");
  }

  /** {@return the device and service of this listener's tunnels} */
  public Target target() {
    return settings.target();
  }

  /** {@return whether this listener accepts connections; false after {@link #stopAccepting}} */
  public boolean isOpen() {
    return !isStopping();
  }

  private void acceptConnections() {
    long pause = MIN_PAUSE_MILLIS;
    while (awaitRoom()) {
      try {
        startConnection(socket.accept());
        pause = MIN_PAUSE_MILLIS;
      } catch (IOException | RuntimeException | Error e) {
        // Usually too many open files or threads, until connections end. Pause instead of spinning.
        if (!isStopping()) {
          LOG.warn(
              "{} could not accept a connection: {}; retrying in {} ms",
              this,
              e.getMessage(),
              pause);
          pauseFor(pause);
          pause = Math.min(pause * 2, MAX_PAUSE_MILLIS);
        }
      }
    }
  }

  /**
   * Waits until the client has fewer connections than its limit. Releases the permit before the
   * accept, which can block forever and would withhold the permit from other listeners. Returns
   * false when this listener is stopping.
   */
  private boolean awaitRoom() {
    try (Admission.Permit turn = admission.request()) {
      if (!turn.isAdmitted()) {
        LOG.info(
            "{} accepts no connections until a connection of the client ends: the client has"
                + " reached its limit of {} (maxConnections)",
            this,
            turn.limit());
        events.connectionsWaiting(info, turn.limit());
        waiting = turn;
        while (!isStopping() && !turn.isAdmitted()) {
          turn.await(Long.MAX_VALUE);
        }
      }
    } catch (InterruptedException e) {
      // Not expected: only closing the listener ends this thread. The next turn waits again.
    } finally {
      waiting = null;
    }
    return !isStopping();
  }

  private void startConnection(LocalSocket local) throws IOException {
    Admission.Permit permit = admission.request();
    boolean started = false;
    try {
      LocalConnection connection =
          new LocalConnection(
              local, resources, settings, permit, eventsOf(local), connections::remove);
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
        connection.end(CloseCause.shutdown());
      }
    } finally {
      if (!started) {
        permit.close();
        local.close();
      }
    }
  }

  private ConnectionEvents eventsOf(LocalSocket local) {
    ConnectionInfo connection = settings.connection(resources.nextConnection(), local.client());
    return new ConnectionEvents(connection, events);
  }

  /** {@return the statistics of the open connections} */
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
      // Ignored: only closing the listener ends this thread.
    }
  }

  /**
   * Closes this listener with the configured drain timeout, 5 seconds by default. See {@link
   * #close(Duration)}.
   */
  @Override
  public void close() {
    close(settings.timeouts().drainTimeout());
  }

  /**
   * Stops accepting connections, waits for open connections to finish, and aborts those that remain
   * after the drain timeout. Returns when all connections are closed, at most three seconds after
   * the drain timeout. A second call does the same with the remaining connections. If the thread is
   * interrupted, the remaining connections are aborted at once, and the interrupt status stays set.
   * For calls from a callback, see {@link TunnelEventListener}.
   *
   * @param drain maximum time for open connections to finish; zero aborts them at once
   * @return the numbers of drained and aborted connections
   */
  public DrainReport close(Duration drain) {
    stopAccepting();
    DrainReport report = Connections.drain(connections(), drain);
    onClosed.accept(this);
    return report;
  }

  /**
   * Releases the address and keeps open connections until {@code close()} is called. To close
   * several listeners, call this method on all of them first.
   */
  public void stopAccepting() {
    boolean first = stopped.compareAndSet(false, true);
    stopping.countDown();
    Admission.Permit turn = waiting;
    if (turn != null) {
      turn.close();
    }
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

  /**
   * Waits for the accepting thread, which may be adding a last connection. The thread no longer
   * blocks, so the wait is short.
   */
  private void awaitAcceptor() {
    Thread thread = acceptor;
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(MAX_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "TunnelListener[" + socket.name() + " -> " + settings.target() + "]";
  }
}
