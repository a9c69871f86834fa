package io.github.devicetunnel;

/**
 * Watches when payload comes and goes. Pings and pongs are not payload, and a slow local reader is
 * not a silent service.
 */
final class PayloadWatch {
  private static final long BUSY = Long.MIN_VALUE;

  // Written by the thread that reads.
  private volatile long waitingSince = BUSY;

  // Written by the thread that writes.
  private volatile boolean sending;
  private volatile long sentAt = System.nanoTime();

  // Written by both: whether the last bytes came down, or none went up at all.
  private volatile boolean answered = true;

  // Written once, before silentNanos is asked.
  private volatile long drainingSince;
  private volatile long receivedBefore;

  /** The thread that reads begins to wait for bytes. */
  void waiting() {
    waitingSince = System.nanoTime();
  }

  /** It has got some, or the end. */
  void arrived() {
    answered = true;
  }

  /** It is busy with something else again. */
  void notWaiting() {
    waitingSince = BUSY;
  }

  /** Bytes are about to go up. */
  void sending() {
    answered = false;
    sending = true;
  }

  /** They have gone. */
  void sent() {
    sentAt = System.nanoTime();
    sending = false;
  }

  /** The local side has ended its output. */
  void drain(long received) {
    receivedBefore = received;
    drainingSince = System.nanoTime();
  }

  /** For how long nothing has gone either way, although this end was ready for it. */
  long idleNanos() {
    long since = waitingSince;
    if (sending || since == BUSY) {
      return 0;
    }
    long now = System.nanoTime();
    return Math.min(now - since, now - sentAt);
  }

  /** For how long the service has sent nothing since the drain began, although this end waited. */
  long silentNanos() {
    long since = waitingSince;
    long now = System.nanoTime();
    return since == BUSY ? 0 : Math.min(now - since, now - drainingSince);
  }

  /**
   * Whether the local client had its answer before it ended its output, and nothing came after.
   * Then it was probably not waiting for more, but closed its connection for good, which looks the
   * same.
   */
  boolean clientSeemsGone(long received) {
    return answered && received == receivedBefore;
  }
}
