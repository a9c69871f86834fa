package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Counts and tells what happens to one connection. Each event is counted before it is told, so that
 * a listener which looks at the figures finds it there.
 */
final class ConnectionEvents {
  /** Those that are in a callback about any connection: two could wait for each other. */
  private static final Set<Thread> CALLING = ConcurrentHashMap.newKeySet();

  private final ConnectionInfo connection;
  private final ClientEvents client;
  private final Totals totals;

  private volatile boolean opened;

  /** Those that are in a callback, and would wait for themselves if they waited for the end. */
  private final Set<Thread> calling = ConcurrentHashMap.newKeySet();

  ConnectionEvents(ConnectionInfo connection, ClientEvents client) {
    this.connection = connection;
    this.client = client;
    this.totals = client.totals();
  }

  /** Which connection it is. */
  ConnectionInfo connection() {
    return connection;
  }

  /** Whether the calling thread is in a callback about this connection. */
  boolean isCalling() {
    return calling.contains(Thread.currentThread());
  }

  /** Whether the calling thread is in a callback about any connection. */
  static boolean isCallingAny() {
    return CALLING.contains(Thread.currentThread());
  }

  void dialStarted(int attempt) {
    tell("dialStarted", each -> each.dialStarted(connection, attempt));
  }

  void upgraded(DialTimings timings) {
    tell("upgraded", each -> each.upgraded(connection, timings));
  }

  void rejected(TunnelRejectedException refusal, DialTimings timings) {
    tell("rejected", each -> each.rejected(connection, refusal, timings));
  }

  void dialFailed(int attempt, Throwable failure, DialTimings timings) {
    tell("dialFailed", each -> each.dialFailed(connection, attempt, failure, timings));
  }

  void retry(int attempt, IOException failure, Duration pause) {
    tell("retry", each -> each.retry(connection, attempt, failure, pause));
  }

  void opened() {
    opened = true;
    totals.opened.increment();
    tell("opened", each -> each.opened(connection));
  }

  void bytesSent(int count) {
    totals.bytesUp.add(count);
    if (!client.nobodyListens()) {
      tell("bytesSent", each -> each.bytesSent(connection, count));
    }
  }

  void bytesReceived(int count) {
    totals.bytesDown.add(count);
    if (!client.nobodyListens()) {
      tell("bytesReceived", each -> each.bytesReceived(connection, count));
    }
  }

  /** The last of all. */
  void closed(CloseReason reason) {
    if (!opened) {
      (reason.kind() == Kind.REJECTED ? totals.rejected : totals.failed).increment();
    }
    tell("closed", each -> each.closed(connection, reason));
  }

  private void tell(String event, Consumer<TunnelEventListener> call) {
    // A callback that closes the stream it is told of is called once more within itself.
    boolean outermost = calling.add(Thread.currentThread());
    boolean outermostOfAll = CALLING.add(Thread.currentThread());
    try {
      client.tell(event, call);
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
