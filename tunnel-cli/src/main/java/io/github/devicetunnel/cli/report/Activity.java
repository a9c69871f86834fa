package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.BackoffStats;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelEventListener;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the activity of a run across all of its clients. The statistics of a closed client are
 * lost, but the totals of a run must not decrease, so this class counts events instead of calling
 * {@code TunnelClient.stats()}. Thread-safe.
 */
public final class Activity extends TunnelEventListener {
  private static final int FAILURES_KEPT = 20;

  /**
   * Totals since the program started, except {@code open}, the number of currently open
   * connections.
   */
  record Totals(int open, long opened, long failed, long bytesUp, long bytesDown) {
    static final Totals NONE = new Totals(0, 0, 0, 0, 0);
  }

  /** A connection that is being dialled or is open. */
  static final class Connection {
    private final ConnectionInfo info;
    private final long startNanos = System.nanoTime();
    private final LongAdder bytesUp = new LongAdder();
    private final LongAdder bytesDown = new LongAdder();
    private volatile boolean open;

    private Connection(ConnectionInfo info) {
      this.info = info;
    }

    ConnectionInfo info() {
      return info;
    }

    /** Returns false during the dial. */
    boolean isOpen() {
      return open;
    }

    /** Returns the time since the dial started, in milliseconds. */
    long ageMillis() {
      return (System.nanoTime() - startNanos) / 1_000_000;
    }

    long bytesUp() {
      return bytesUp.sum();
    }

    long bytesDown() {
      return bytesDown.sum();
    }
  }

  /** A target to which dials are delayed after failures, or a whole cloud. */
  private record Delayed(String cloudUri, @Nullable Target target) {
    static Delayed by(BackoffStats state) {
      return new Delayed(state.cloudUri(), state.target());
    }
  }

  /** A connection that failed according to {@link Failure#isOne}. */
  record Failed(Instant time, ConnectionInfo connection, CloseReason reason) {}

  private final Set<ListenerInfo> listeners = new CopyOnWriteArraySet<>();
  private final Map<ConnectionInfo, Connection> connections = new ConcurrentHashMap<>();
  private final Map<Delayed, BackoffStats> backoffs = new ConcurrentHashMap<>();
  private final Deque<Failed> failures = new ArrayDeque<>();

  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder opened = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();

  @Override
  public void listenerBound(ListenerInfo listener) {
    listeners.add(listener);
  }

  @Override
  public void listenerClosed(ListenerInfo listener) {
    listeners.remove(listener);
  }

  @Override
  public void dialStarted(ConnectionInfo connection, int attempt) {
    connections.computeIfAbsent(connection, Connection::new);
  }

  @Override
  public void opened(ConnectionInfo connection) {
    open.incrementAndGet();
    opened.increment();
    Connection counters = connections.get(connection);
    if (counters != null) {
      counters.open = true;
    }
  }

  @Override
  public void bytesSent(ConnectionInfo connection, int count) {
    bytesUp.add(count);
    Connection counters = connections.get(connection);
    if (counters != null) {
      counters.bytesUp.add(count);
    }
  }

  @Override
  public void bytesReceived(ConnectionInfo connection, int count) {
    bytesDown.add(count);
    Connection counters = connections.get(connection);
    if (counters != null) {
      counters.bytesDown.add(count);
    }
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    Connection counters = connections.remove(connection);
    if (counters != null && counters.open) {
      open.decrementAndGet();
    }
    if (Failure.isOne(reason)) {
      failed.increment();
      keep(new Failed(Instant.now(), connection, reason));
    }
  }

  @Override
  public void backoff(BackoffStats state) {
    backoffs.put(Delayed.by(state), state);
  }

  @Override
  public void backoffEnded(BackoffStats state) {
    backoffs.remove(Delayed.by(state));
  }

  /** Returns the delays of dials, each as it was after its last failure. */
  List<BackoffStats> backoffs() {
    return List.copyOf(backoffs.values());
  }

  private void keep(Failed failure) {
    synchronized (failures) {
      failures.addFirst(failure);
      if (failures.size() > FAILURES_KEPT) {
        failures.removeLast();
      }
    }
  }

  Totals totals() {
    return new Totals(open.get(), opened.sum(), failed.sum(), bytesUp.sum(), bytesDown.sum());
  }

  /** Returns the open listeners in the order in which they were opened. */
  List<ListenerInfo> listeners() {
    return List.copyOf(listeners);
  }

  /** Returns at most {@code limit} connections, the newest first. */
  List<Connection> connections(int limit) {
    return connections.values().stream()
        .sorted(Comparator.comparingLong(connection -> -connection.info.number()))
        .limit(limit)
        .toList();
  }

  /** Returns the last {@value #FAILURES_KEPT} failures, the newest first. */
  List<Failed> failures() {
    synchronized (failures) {
      return List.copyOf(failures);
    }
  }
}
