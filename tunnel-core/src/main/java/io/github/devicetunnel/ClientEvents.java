package io.github.devicetunnel;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the event listeners of one client. Exceptions of a listener are logged once per kind and
 * affect neither the connection nor other listeners.
 */
final class ClientEvents {
  private static final Logger LOG = LoggerFactory.getLogger(ClientEvents.class);

  private final List<TunnelEventListener> listeners;
  private final Totals totals = new Totals();
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  ClientEvents(List<TunnelEventListener> listeners) {
    this.listeners = listeners;
  }

  /** Returns the totals of the client. */
  Totals totals() {
    return totals;
  }

  void listenerBound(ListenerInfo listener) {
    tell("listenerBound", each -> each.listenerBound(listener));
  }

  void listenerClosed(ListenerInfo listener) {
    tell("listenerClosed", each -> each.listenerClosed(listener));
  }

  void connectionsWaiting(ListenerInfo listener, int maxConnections) {
    tell("connectionsWaiting", each -> each.connectionsWaiting(listener, maxConnections));
  }

  boolean nobodyListens() {
    return listeners.isEmpty();
  }

  void tell(String event, Consumer<TunnelEventListener> call) {
    for (TunnelEventListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (Throwable e) {
        logOnce(event, listener, e);
      }
    }
  }

  private void logOnce(String event, TunnelEventListener listener, Throwable e) {
    String where = listener.getClass().getName() + "." + event;
    if (logged.add(where + " " + e.getClass().getName())) {
      LOG.warn("{} failed; it is not logged when it fails so again", where, e);
    }
  }
}
