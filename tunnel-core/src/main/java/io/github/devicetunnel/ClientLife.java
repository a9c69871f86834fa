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
 * The open listeners and streams of one client, and whether the client is closed.
 *
 * <p>Thread-safe. A listener or stream that is added while another thread closes the client is
 * either closed by that thread, or rejected with an exception.
 */
final class ClientLife {
  private final SharedResources resources;
  private final Set<TunnelListener> listeners = ConcurrentHashMap.newKeySet();
  private final Set<StreamLife> streams = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ClientEvents events;
  private final AtomicBoolean left = new AtomicBoolean(); // the shared resources were released

  /**
   * Creates the life of a client that uses shared resources.
   *
   * @param resources shared resources that the client has joined; {@link #close} leaves them
   * @param events receives the events of the shared resources until then
   */
  ClientLife(SharedResources resources, ClientEvents events) {
    this.resources = resources;
    this.events = events;
    resources.backoffEvents().add(events);
  }

  void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("this TunnelClient is closed");
    }
  }

  boolean isOpen() {
    return !closed.get();
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

  /** Adds a stream that has not started to dial. */
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

  /** Implements {@link TunnelClient#close(Duration)}. */
  DrainReport close(Duration drain) {
    closed.set(true);
    try {
      List<Connections.Connection> connections = new ArrayList<>();
      for (TunnelListener listener : listeners) {
        listener.stopAccepting();
        connections.addAll(listener.connections());
      }
      connections.addAll(streams);
      return Connections.drain(connections, drain);
    } finally {
      if (left.compareAndSet(false, true)) {
        resources.backoffEvents().remove(events);
        resources.leave();
      }
    }
  }

  /** Returns the statistics of all connections that are not closed. */
  List<ConnectionStats> connections() {
    return Stream.concat(
            listeners.stream().flatMap(TunnelListener::stats),
            streams.stream().map(StreamLife::stats))
        .filter(connection -> connection.state() != State.CLOSED)
        .toList();
  }
}
