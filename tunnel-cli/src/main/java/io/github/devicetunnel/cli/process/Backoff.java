package io.github.devicetunnel.cli.process;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A pause between attempts that doubles each time, up to 20 ms. Not thread-safe. */
final class Backoff {
  /** The first pause, in which a reader at 1 GB/s empties a full pipe. */
  private static final long MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** The longest pause, which is not noticeable while typing and costs about 1% of a processor. */
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private long nanos = MIN_NANOS;

  /** Waits before the next attempt. */
  void pause() {
    LockSupport.parkNanos(nanos);
    nanos = Math.min(2 * nanos, MAX_NANOS);
  }

  /** Resets the next pause to the shortest one, after a successful attempt. */
  void reset() {
    nanos = MIN_NANOS;
  }
}
