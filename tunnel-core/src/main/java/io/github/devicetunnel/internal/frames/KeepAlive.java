package io.github.devicetunnel.internal.frames;

import io.github.devicetunnel.internal.concurrent.Recheck;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A task that pings a websocket and checks its liveness. Every received byte is a sign of life.
 * Silence is measured only while a thread waits for bytes. Pings and checks run on the scheduler's
 * thread and do not block.
 */
final class KeepAlive {
  /** The observed connection. The parameter {@code now} is the current time of the clock. */
  interface Connection {
    /** Returns how long a read has been waiting without receiving a byte; 0 if none waits. */
    long silentNanos(long now);

    /** Returns how long the current write has been blocked; 0 if none is in progress. */
    long writeBlockedNanos(long now);

    /** Returns the number of bytes sent that no pong has acknowledged. */
    long unacknowledged();

    /** Sends a ping. Does not block. */
    void ping();
  }

  /**
   * With more unacknowledged bytes, the cloud may be waiting for a slow service and read no pings.
   */
  private static final long FEW_BYTES = 64 << 10;

  /**
   * A check that is later than this means that the process was suspended, so the clock restarts.
   */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Connection connection;
  private final LongSupplier clock;
  private final long pingNanos;
  private final long livenessNanos;
  private final long writeNanos;
  private final KeepAliveVerdict verdict;

  // Accessed only by the checks, which run one after the other on the scheduler's thread.
  private long pingDueAt;
  private long checkDueAt;
  private long clockStart;

  /**
   * Creates a task whose first {@link #check} is due after one ping interval.
   *
   * @param clock as {@link System#nanoTime}
   */
  KeepAlive(
      Connection connection,
      LongSupplier clock,
      Duration pingInterval,
      Duration livenessTimeout,
      Duration writeTimeout,
      KeepAliveVerdict verdict) {
    this.connection = connection;
    this.clock = clock;
    this.pingNanos = TimeUnit.NANOSECONDS.convert(pingInterval);
    this.livenessNanos = TimeUnit.NANOSECONDS.convert(livenessTimeout);
    this.writeNanos =
        writeTimeout.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(writeTimeout);
    this.verdict = verdict;
    this.clockStart = clock.getAsLong();
    this.pingDueAt = clockStart + pingNanos;
    this.checkDueAt = pingDueAt;
  }

  /**
   * Starts the task. The first ping is sent after one interval. A check that is running when the
   * task is stopped may still report a result.
   *
   * @param pingInterval positive
   * @param livenessTimeout maximum silence while at most 64 KiB are unacknowledged
   * @param writeTimeout maximum silence while more bytes are unacknowledged, and maximum duration
   *     of a write; zero means no limit
   */
  static Recheck start(
      Connection connection,
      Duration pingInterval,
      Duration livenessTimeout,
      Duration writeTimeout,
      KeepAliveVerdict verdict,
      ScheduledExecutorService scheduler) {
    KeepAlive keepAlive =
        new KeepAlive(
            connection, System::nanoTime, pingInterval, livenessTimeout, writeTimeout, verdict);
    return Recheck.start(scheduler, keepAlive.pingNanos, keepAlive::check, verdict::failed);
  }

  /** Sends a ping if it is due, and returns the nanoseconds until the next check. */
  long check() {
    long now = clock.getAsLong();
    if (now - checkDueAt > LATE_NANOS) {
      clockStart = now;
    }
    long elapsed = now - clockStart;
    long blocked = Math.min(connection.writeBlockedNanos(now), elapsed);
    long silent = Math.min(connection.silentNanos(now), elapsed);
    long silenceLimit = connection.unacknowledged() <= FEW_BYTES ? livenessNanos : writeNanos;
    if (blocked >= writeNanos) {
      verdict.writeBlocked(Duration.ofNanos(blocked));
      return Recheck.NEVER;
    }
    if (silent >= silenceLimit) {
      verdict.silent(Duration.ofNanos(silent));
      return Recheck.NEVER;
    }
    if (now - pingDueAt >= 0) {
      connection.ping();
      pingDueAt = now + pingNanos;
    }
    long untilVerdict = Math.min(silenceLimit - silent, writeNanos - blocked);
    long delay = Math.min(pingDueAt - now, untilVerdict);
    checkDueAt = now + delay;
    return delay;
  }
}
