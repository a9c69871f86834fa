package io.github.devicetunnel.internal.frames;

import io.github.devicetunnel.internal.concurrent.Recheck;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Pings a websocket, and judges its silence. Every received byte is a sign of life; the clock runs
 * only while somebody waits for one. All work is done on the scheduler's thread, and none of it
 * waits.
 */
public final class KeepAlive {
  /** How a connection was found dead. */
  public interface Verdict {
    /** Nothing came for this long, though a ping was sent. On the scheduler's thread. */
    void silent(Duration silence);

    /** A frame could not be written for this long. On the scheduler's thread. */
    void writeBlocked(Duration blocked);

    /** A check failed. On the scheduler's thread. */
    void failed(Throwable failure);
  }

  /**
   * With more than this on the way, the other end may be pausing for a slow service, and then does
   * not get to our pings.
   */
  private static final long FEW_BYTES = 64 << 10;

  /** A check that comes later than this means that this process was standing still. */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WebSocket webSocket;
  private final long pingNanos;
  private final long livenessNanos;
  private final long writeNanos;
  private final Verdict verdict;

  // Only on the scheduler's thread, one check after the other.
  private long pingDueAt;
  private long checkDueAt;
  private long clockStart;

  private KeepAlive(
      WebSocket webSocket,
      Duration pingInterval,
      Duration livenessTimeout,
      Duration writeTimeout,
      Verdict verdict) {
    this.webSocket = webSocket;
    this.pingNanos = TimeUnit.NANOSECONDS.convert(pingInterval);
    this.livenessNanos = TimeUnit.NANOSECONDS.convert(livenessTimeout);
    this.writeNanos =
        writeTimeout.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(writeTimeout);
    this.verdict = verdict;
  }

  /**
   * Begins. The first ping goes out after one interval. A check that is running when it is stopped
   * may still come to a verdict.
   *
   * @param pingInterval positive
   * @param livenessTimeout the longest silence with at most 64 KiB on the way
   * @param writeTimeout the longest silence with more on the way, and the longest time that a write
   *     may wait; zero for no bound
   */
  public static Recheck start(
      WebSocket webSocket,
      Duration pingInterval,
      Duration livenessTimeout,
      Duration writeTimeout,
      Verdict verdict,
      ScheduledExecutorService scheduler) {
    KeepAlive keepAlive =
        new KeepAlive(webSocket, pingInterval, livenessTimeout, writeTimeout, verdict);
    long now = System.nanoTime();
    keepAlive.clockStart = now;
    keepAlive.pingDueAt = now + keepAlive.pingNanos;
    keepAlive.checkDueAt = keepAlive.pingDueAt;
    return Recheck.start(scheduler, keepAlive.pingNanos, keepAlive::check, verdict::failed);
  }

  private long check() {
    long now = System.nanoTime();
    if (now - checkDueAt > LATE_NANOS) {
      clockStart = now;
    }
    long elapsed = now - clockStart;
    long blocked = Math.min(webSocket.writeBlockedNanos(now), elapsed);
    long silent = Math.min(webSocket.silentNanos(now), elapsed);
    long silenceLimit = webSocket.unacknowledged() <= FEW_BYTES ? livenessNanos : writeNanos;
    if (blocked >= writeNanos) {
      verdict.writeBlocked(Duration.ofNanos(blocked));
      return Recheck.NEVER;
    }
    if (silent >= silenceLimit) {
      verdict.silent(Duration.ofNanos(silent));
      return Recheck.NEVER;
    }
    if (now - pingDueAt >= 0) {
      webSocket.ping();
      pingDueAt = now + pingNanos;
    }
    long untilVerdict = Math.min(silenceLimit - silent, writeNanos - blocked);
    long delay = Math.min(pingDueAt - now, untilVerdict);
    checkDueAt = now + delay;
    return delay;
  }
}
