package io.github.devicetunnel;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends connections: first they may finish, then they are cut. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** In one line of the log. */
  private static final int MAX_NAMED = 5;

  /** More than a connection needs to end once it is cut: a close handshake, then the cut. */
  private static final Duration CUT_TIME = Tunnel.CLOSE_TIMEOUT.plusSeconds(1);

  private Connections() {}

  /** One that can be ended from outside. */
  interface Connection {
    /** Ends it soon. Never waits. */
    void cut();

    /**
     * Waits until its threads, sockets and buffers are gone; false when the time was over, or at
     * once when the calling thread is in a callback about it.
     */
    boolean awaitClosed(long nanos) throws InterruptedException;

    /** How it is now. */
    ConnectionStats stats();
  }

  /**
   * Returns when all are closed, or after the time given and at most three seconds. A thread that
   * is interrupted meanwhile cuts at once what is left, and keeps its flag.
   */
  static DrainReport drain(Collection<? extends Connection> connections, Duration time) {
    List<Connection> left = List.copyOf(connections);
    Wait wait = new Wait();
    List<Connection> open = wait.forAll(left, Duration.ZERO);
    if (!open.isEmpty() && time.compareTo(Duration.ZERO) > 0) {
      LOG.info("close waits up to {} for {}", Durations.seconds(time), names(open));
    }
    List<Connection> late = wait.forAll(open, time);
    long unacknowledged = 0;
    for (Connection connection : late) {
      unacknowledged += connection.stats().unacknowledged();
      connection.cut();
    }
    wait.forAll(late, CUT_TIME);
    if (wait.interrupted) {
      Thread.currentThread().interrupt();
    }
    return new DrainReport(left.size() - late.size(), late.size(), unacknowledged);
  }

  private static String names(List<Connection> connections) {
    String names =
        connections.stream()
            .limit(MAX_NAMED)
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    int more = connections.size() - MAX_NAMED;
    return more > 0 ? names + " and " + more + " more" : names;
  }

  private static final class Wait {
    private boolean interrupted;

    /** Those that were not closed in time. */
    List<Connection> forAll(List<Connection> connections, Duration time) {
      long deadline = System.nanoTime() + Math.max(0, TimeUnit.NANOSECONDS.convert(time));
      return connections.stream().filter(connection -> !isClosedBy(connection, deadline)).toList();
    }

    private boolean isClosedBy(Connection connection, long deadline) {
      try {
        long nanos = interrupted ? 0 : Math.max(0, deadline - System.nanoTime());
        return connection.awaitClosed(nanos);
      } catch (InterruptedException e) {
        interrupted = true;
        return false;
      }
    }
  }
}
