package io.github.devicetunnel;

import io.github.devicetunnel.ConnectionStats.State;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the event listeners of one client, and counts its connections. Exceptions of a listener are
 * logged once per kind and affect neither the connection nor other listeners.
 */
final class ClientEvents {
  private static final Logger LOG = LoggerFactory.getLogger(ClientEvents.class);

  private final List<TunnelEventListener> listeners;

  // Since the client was built.
  final LongAdder opened = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder bytesUp = new LongAdder();
  final LongAdder bytesDown = new LongAdder();

  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  ClientEvents(List<TunnelEventListener> listeners) {
    this.listeners = listeners;
  }

  /** Returns the counters, with the current connections. */
  TunnelStats stats(List<ConnectionStats> connections) {
    int dialing = (int) connections.stream().filter(c -> c.state() == State.DIALING).count();
    return new TunnelStats(
        opened.sum(),
        rejected.sum(),
        failed.sum(),
        connections.size() - dialing,
        dialing,
        bytesUp.sum(),
        bytesDown.sum(),
        connections);
  }

  void listenerBound(ListenerInfo listener) {
    emit("listenerBound", each -> each.listenerBound(listener));
  }

  void listenerClosed(ListenerInfo listener) {
    emit("listenerClosed", each -> each.listenerClosed(listener));
  }

  void connectionsWaiting(ListenerInfo listener, int maxConnections) {
    emit("connectionsWaiting", each -> each.connectionsWaiting(listener, maxConnections));
  }

  boolean hasListeners() {
    return !listeners.isEmpty();
  }

  void emit(String event, Consumer<TunnelEventListener> call) {
    for (TunnelEventListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable e) {
        logOnce(event, listener, e);
      }
    }
  }

  private void logOnce(String event, TunnelEventListener listener, Throwable e) {
    SafeLog.log(
        () -> {
          String where = listener.getClass().getName() + "." + event;
          if (logged.add(where + " " + e.getClass().getName())) {
            LOG.warn("{} failed; further failures of this kind are not logged", where, e);
          }
        });
  }
}
