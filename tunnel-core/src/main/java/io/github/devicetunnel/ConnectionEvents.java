package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Counts the events of one connection and emits them to the listeners. An event is counted before
 * it is emitted, so a listener that reads the statistics finds the event included.
 */
final class ConnectionEvents {
  /**
   * Threads in a callback about any connection. Two such threads that wait for each other's
   * connection would deadlock; see docs/rationale/events-and-metrics.md.
   */
  private static final Set<Thread> CALLING = ConcurrentHashMap.newKeySet();

  private final ConnectionInfo connection;
  private final ClientEvents client;

  private volatile boolean opened;

  /**
   * Threads in a callback about this connection. Such a thread would wait for itself if it waited
   * for the end of the connection.
   */
  private final Set<Thread> calling = ConcurrentHashMap.newKeySet();

  ConnectionEvents(ConnectionInfo connection, ClientEvents client) {
    this.connection = connection;
    this.client = client;
  }

  /** Returns the identity of the connection. */
  ConnectionInfo connection() {
    return connection;
  }

  /** Returns whether the calling thread is in a callback about this connection. */
  boolean isCalling() {
    return calling.contains(Thread.currentThread());
  }

  /** Returns whether the calling thread is in a callback about any connection. */
  static boolean isCallingAny() {
    return CALLING.contains(Thread.currentThread());
  }

  void dialStarted(int attempt) {
    emit("dialStarted", each -> each.dialStarted(connection, attempt));
  }

  void upgraded(DialTimings timings) {
    emit("upgraded", each -> each.upgraded(connection, timings));
  }

  void rejected(TunnelRejectedException rejection, DialTimings timings) {
    emit("rejected", each -> each.rejected(connection, rejection, timings));
  }

  void dialFailed(int attempt, Throwable failure, DialTimings timings) {
    emit("dialFailed", each -> each.dialFailed(connection, attempt, failure, timings));
  }

  void retry(int attempt, IOException failure, Duration pause) {
    emit("retry", each -> each.retry(connection, attempt, failure, pause));
  }

  /** Emits changes of the backoff. This thread must not wait for its own connection meanwhile. */
  void emit(BackoffEvents changes) {
    call(changes::emit);
  }

  void opened() {
    opened = true;
    client.opened.increment();
    emit("opened", each -> each.opened(connection));
  }

  void bytesSent(int count) {
    client.bytesUp.add(count);
    if (client.hasListeners()) {
      emit("bytesSent", each -> each.bytesSent(connection, count));
    }
  }

  void bytesReceived(int count) {
    client.bytesDown.add(count);
    if (client.hasListeners()) {
      emit("bytesReceived", each -> each.bytesReceived(connection, count));
    }
  }

  /** Emits the last event of the connection. */
  void closed(CloseReason reason) {
    if (!opened) {
      (reason.kind() == Kind.REJECTED ? client.rejected : client.failed).increment();
    }
    emit("closed", each -> each.closed(connection, reason));
  }

  private void emit(String event, Consumer<TunnelEventListener> call) {
    call(() -> client.emit(event, call));
  }

  private void call(Runnable callbacks) {
    // Calls are nested if a callback closes its own stream.
    boolean outermost = calling.add(Thread.currentThread());
    boolean outermostOfAll = CALLING.add(Thread.currentThread());
    try {
      callbacks.run();
    } finally {
      if (outermost) {
        calling.remove(Thread.currentThread());
      }
      if (outermostOfAll) {
        CALLING.remove(Thread.currentThread());
      }
    }
  }
}
