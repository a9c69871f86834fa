package io.github.devicetunnel;

import io.github.devicetunnel.ConnectionStats.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Whether one client still opens anything, and what it has opened that has not ended. Nobody else
 * knows.
 *
 * <p>All methods may be called from any thread. What is added while another thread closes is either
 * closed by that thread, or refused.
 */
final class ClientLife {
  private final SharedResources engine;
  private final Set<TunnelListener> listeners = ConcurrentHashMap.newKeySet();
  private final Set<StreamLife> streams = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean(); // nothing is opened any more
  private final AtomicBoolean left = new AtomicBoolean(); // all that was opened has ended

  /** Of a client that has joined the engine, and leaves it when all has ended. */
  ClientLife(SharedResources engine) {
    this.engine = engine;
  }

  void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("this TunnelClient is closed");
    }
  }

  void add(TunnelListener listener) {
    listeners.add(listener);
    if (closed.get()) {
      listener.close(Duration.ZERO);
      checkOpen();
    }
  }

  void remove(TunnelListener listener) {
    listeners.remove(listener);
  }

  /** One that has not begun to open. */
  void add(StreamLife stream) {
    streams.add(stream);
    if (closed.get()) {
      streams.remove(stream);
      checkOpen();
    }
  }

  void remove(StreamLife stream) {
    streams.remove(stream);
  }

  /** See {@link TunnelClient#close(Duration)}. */
  DrainReport close(Duration drain) {
    closed.set(true);
    List<Connections.Connection> connections = new ArrayList<>();
    for (TunnelListener listener : listeners) {
      listener.stopAccepting();
      connections.addAll(listener.connections());
    }
    connections.addAll(streams);
    DrainReport report = Connections.drain(connections, drain);
    if (left.compareAndSet(false, true)) {
      engine.leave();
    }
    return report;
  }

  /** Of all connections that are dialled or open. */
  List<ConnectionStats> connections() {
    return Stream.concat(
            listeners.stream().flatMap(TunnelListener::stats),
            streams.stream().map(StreamLife::stats))
        .filter(connection -> connection.state() != State.CLOSED)
        .toList();
  }
}
