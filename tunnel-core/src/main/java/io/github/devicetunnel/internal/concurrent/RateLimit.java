package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits a number of bytes per second. Records what was transferred, and returns how long to wait
 * before the next transfer. Keeps no queue. Thread-safe; never blocks.
 */
public final class RateLimit {
  /** Unused time that may be made up for, so that short pauses do not reduce the rate. */
  private static final long MAX_CREDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int PIECES_PER_SECOND = 10;

  private final long bytesPerSecond;
  private final double nanosPerByte;
  private final LongSupplier clock;

  private long freeAt; // when the bytes recorded so far are paid for; guarded by this

  /**
   * Creates a limit.
   *
   * @param bytesPerSecond at least 1
   * @param clock as {@link System#nanoTime}
   */
  public RateLimit(long bytesPerSecond, LongSupplier clock) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanosPerByte = (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.clock = clock;
    this.freeAt = clock.getAsLong();
  }

  /** Returns how many bytes to transfer at once, so that no wait is much longer than 0.1 s. */
  public int pieceSize() {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytesPerSecond / PIECES_PER_SECOND));
  }

  /**
   * Records a transfer.
   *
   * @return nanoseconds to wait before the next transfer; zero or less for no wait
   */
  public synchronized long record(int bytes) {
    long now = clock.getAsLong();
    if (now - freeAt > MAX_CREDIT_NANOS) {
      freeAt = now - MAX_CREDIT_NANOS;
    }
    freeAt += (long) (bytes * nanosPerByte);
    return freeAt - now;
  }
}
