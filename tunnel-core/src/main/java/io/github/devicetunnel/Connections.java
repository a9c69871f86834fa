package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drains connections, and then closes the remaining ones. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** Maximum number of connections that one log line names. */
  private static final int MAX_NAMED = 5;

  /** Exceeds the time that a connection needs to end: the close handshake, then an abort. */
  private static final Duration MAX_END_TIME = Tunnel.CLOSE_TIMEOUT.plusSeconds(1);

  private Connections() {}

  /** A connection that can be drained. */
  interface Connection {
    /** Ends the connection with a close frame, and releases it in the background. Never blocks. */
    void end(CloseCause cause);

    /**
     * Waits until the threads, sockets and buffers of the connection are released.
     *
     * @return false if the time passed, or at once if the calling thread is in a callback about
     *     this connection
     */
    boolean awaitClosed(Deadline deadline) throws InterruptedException;

    /** Returns a snapshot of the connection. */
    ConnectionStats stats();
  }

  /**
   * Waits until all connections are closed, and closes the remaining ones after the given time.
   * Returns at most three seconds later. If the calling thread is interrupted, the remaining
   * connections are closed at once, and the interrupt status stays set.
   */
  static DrainReport drain(Collection<? extends Connection> connections, Duration time) {
    List<Connection> left = List.copyOf(connections);
    Wait wait = new Wait();
    List<Connection> open = wait.forAll(left, Duration.ZERO);
    if (!open.isEmpty() && time.compareTo(Duration.ZERO) > 0) {
      logWait(open, time);
    }
    List<Connection> late = wait.forAll(open, time);
    long unconfirmed = 0;
    for (Connection connection : late) {
      unconfirmed += connection.stats().bytesUnconfirmed();
    }
    List<Connection> failed = endAll(late);
    endAll(failed); // a second attempt, because the others may have released memory
    wait.forAll(late, MAX_END_TIME);
    if (wait.interrupted) {
      Thread.currentThread().interrupt();
    }
    return new DrainReport(left.size() - late.size(), late.size(), unconfirmed);
  }

  /** Ends connections, and returns those whose end threw. */
  private static List<Connection> endAll(List<Connection> connections) {
    List<Connection> failed = new ArrayList<>(connections.size());
    for (Connection connection : connections) {
      try {
        connection.end(CloseCause.shutdown());
      } catch (RuntimeException | Error e) {
        failed.add(connection); // the others must end nevertheless
      }
    }
    return failed;
  }

  private static void logWait(List<Connection> open, Duration time) {
    SafeLog.log(
        () ->
            LOG.info(
                "Waiting up to {} for open connections to finish: {}",
                Durations.seconds(time),
                names(open)));
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

    /** Returns the connections that did not close in time. */
    List<Connection> forAll(List<Connection> connections, Duration time) {
      Deadline deadline = Deadline.after(time);
      return connections.stream().filter(connection -> !isClosedBy(connection, deadline)).toList();
    }

    private boolean isClosedBy(Connection connection, Deadline deadline) {
      try {
        return connection.awaitClosed(interrupted ? Deadline.after(Duration.ZERO) : deadline);
      } catch (InterruptedException e) {
        interrupted = true;
        return false;
      }
    }
  }
}
