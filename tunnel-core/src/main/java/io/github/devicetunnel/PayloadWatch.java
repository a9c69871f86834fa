package io.github.devicetunnel;

import java.util.function.LongSupplier;

/**
 * Measures how long a connection has carried no payload. Pings and pongs are not payload. Time in
 * which the local side is slow to read does not count as silence of the service.
 */
final class PayloadWatch {
  private static final long BUSY = Long.MIN_VALUE;

  private final LongSupplier clock;

  // Written by the thread that reads from the service.
  private volatile long waitingSince = BUSY;

  // Written by the thread that writes to the service.
  private volatile boolean sending;
  private volatile long sentAt;

  // Written by both threads: whether bytes were received since the last write, or none was written.
  private volatile boolean answered = true;

  // Written once, before the first call of silentNanos.
  private volatile long drainingSince;
  private volatile long receivedBefore;

  /**
   * Creates a watch that begins now.
   *
   * @param clock as {@link System#nanoTime}
   */
  PayloadWatch(LongSupplier clock) {
    this.clock = clock;
    this.sentAt = clock.getAsLong();
  }

  /** Records that the reading thread starts to wait for bytes. */
  void waiting() {
    waitingSince = clock.getAsLong();
  }

  /** Records that the reading thread received bytes or the end. */
  void arrived() {
    answered = true;
  }

  /** Records that the reading thread no longer waits. */
  void notWaiting() {
    waitingSince = BUSY;
  }

  /** Records the start of a write. */
  void sending() {
    answered = false;
    sending = true;
  }

  /** Records the end of a write. */
  void sent() {
    sentAt = clock.getAsLong();
    sending = false;
  }

  /** Records that the local side has ended its output. */
  void drain(long received) {
    receivedBefore = received;
    drainingSince = clock.getAsLong();
  }

  /** Returns how long no payload was carried in either direction while the local side was ready. */
  long idleNanos() {
    long since = waitingSince;
    if (sending || since == BUSY) {
      return 0;
    }
    long now = clock.getAsLong();
    return Math.min(now - since, now - sentAt);
  }

  /** Returns how long a waiting reader has received nothing from the service since the drain. */
  long silentNanos() {
    long since = waitingSince;
    long now = clock.getAsLong();
    return since == BUSY ? 0 : Math.min(now - since, now - drainingSince);
  }

  /**
   * Returns whether the service replied before the local client ended its output, and sent nothing
   * afterwards. The client has then probably closed its connection, which looks like a half-close;
   * see docs/rationale/ends.md.
   */
  boolean clientSeemsGone(long received) {
    return answered && received == receivedBefore;
  }
}
