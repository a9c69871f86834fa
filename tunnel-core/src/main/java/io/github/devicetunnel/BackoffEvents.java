package io.github.devicetunnel;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the changes of the {@link Breakers} of a family, and emits them to the listeners of all its
 * clients, in their order. Thread-safe.
 */
final class BackoffEvents implements Breakers.Observer {
  private static final Logger LOG = LoggerFactory.getLogger(BackoffEvents.class);

  /** A single failure is logged as the end of its connection. */
  private static final int LOGGED_FAILURES = 2;

  private enum Change {
    OPENED,
    CLOSED,
    FORGOTTEN
  }

  private record Event(Change change, BackoffStats state) {}

  private final Set<ClientEvents> clients = new CopyOnWriteArraySet<>();
  private final Queue<Event> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean emitting = new AtomicBoolean();

  /** Adds the listeners of a client. */
  void add(ClientEvents client) {
    clients.add(client);
  }

  /** Removes the listeners of a client. */
  void remove(ClientEvents client) {
    clients.remove(client);
  }

  @Override
  public void opened(BackoffStats state) {
    queue.add(new Event(Change.OPENED, state));
  }

  @Override
  public void closed(BackoffStats last, boolean afterSuccess) {
    queue.add(new Event(afterSuccess ? Change.CLOSED : Change.FORGOTTEN, last));
  }

  /** Emits the changes so far, unless another thread does. Call it without a lock. */
  void emit() {
    while (!queue.isEmpty() && emitting.compareAndSet(false, true)) {
      try {
        Event next;
        while ((next = queue.poll()) != null) {
          Event event = next;
          SafeLog.log(() -> log(event));
          emit(event);
        }
      } finally {
        emitting.set(false);
      }
    }
  }

  private static void log(Event event) {
    BackoffStats state = event.state;
    Object whom = state.target() == null ? state.cloudUri() : state.target();
    if (event.change == Change.OPENED && state.failures() == LOGGED_FAILURES) {
      LOG.info(
          "Delaying dials to {} after {} failures; next dial in {}: {}",
          whom,
          state.failures(),
          Durations.seconds(state.delay()),
          state.message());
    } else if (event.change == Change.CLOSED && state.failures() >= LOGGED_FAILURES) {
      LOG.info("Dials to {} succeed again after {} failures", whom, state.failures());
    }
  }

  private void emit(Event event) {
    // Clients of a family often have the same listeners.
    Set<TunnelEventListener> called = Collections.newSetFromMap(new IdentityHashMap<>());
    String name = event.change == Change.OPENED ? "backoff" : "backoffEnded";
    for (ClientEvents client : clients) {
      client.emit(
          name,
          listener -> {
            if (called.add(listener)) {
              call(listener, event);
            }
          });
    }
  }

  private static void call(TunnelEventListener listener, Event event) {
    if (event.change == Change.OPENED) {
      listener.backoff(event.state);
    } else {
      listener.backoffEnded(event.state);
    }
  }
}
