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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

  private final ListeningSocket socket;
  private final SharedResources resources;
  private final Settings settings;
  private final Admission admission;
  private final ClientEvents events;
  private final ListenerInfo info;
  private final Consumer<TunnelListener> onClosed;

  private final Acceptor acceptor;
  private final Set<LocalConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopped = new AtomicBoolean();

  /** Creates a listener that does not accept connections until {@link #start} is called. */
  TunnelListener(
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
    this.acceptor = new Acceptor(socket, admission, new Accepted());
  }

  /**
   * Starts to accept connections. The caller closes the listener if that fails.
   *
   * @param prepared completed when the resources for the first dial exist
   */
  void start(CompletableFuture<Void> prepared) {
    if (socket instanceof TcpListeningSocket port && port.isOnEveryInterface()) {
      SafeLog.log(
          () ->
              LOG.warn(
                  "Listening on all interfaces ({}): any host that reaches this machine can"
                      + " connect to {}",
                  port.name(),
                  settings.target()));
    }
    events.listenerBound(info);
    String threadName = settings.name() + "-accept-" + socket.threadName();
    acceptor.start(resources.threads(), threadName, prepared);
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

  /**
   * {@return whether this listener accepts connections; false after {@link #stopAccepting}, or if
   * its thread has died}
   */
  public boolean isOpen() {
    return acceptor.isAccepting();
  }

  private final class Accepted implements Acceptor.Receiver {
    @Override
    public void accepted(LocalSocket local) throws IOException {
      startConnection(local);
    }

    @Override
    public void waiting(int maxConnections) {
      SafeLog.log(
          () ->
              LOG.info(
                  "{} accepts no connections until a connection of the client ends: the client has"
                      + " reached its limit of {} (maxConnections)",
                  this,
                  maxConnections));
      events.connectionsWaiting(info, maxConnections);
    }

    @Override
    public String toString() {
      return TunnelListener.this.toString();
    }
  }

  private void startConnection(LocalSocket local) throws IOException {
    Admission.Permit permit = null;
    boolean started = false;
    try {
      permit = admission.request();
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
      if (acceptor.isStopping()) {
        connection.end(CloseCause.shutdown());
      }
    } finally {
      if (!started) {
        try {
          local.close();
        } finally {
          if (permit != null) {
            permit.close();
          }
        }
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
    acceptor.stop();
    try {
      socket.close();
    } catch (IOException e) {
      SafeLog.log(() -> LOG.warn("{} could not be closed: {}", this, e.getMessage()));
    }
    acceptor.awaitEnd();
    if (first) {
      events.listenerClosed(info);
    }
  }

  List<LocalConnection> connections() {
    return List.copyOf(connections);
  }

  @Override
  public String toString() {
    return "TunnelListener[" + socket.name() + " -> " + settings.target() + "]";
  }
}
