package io.github.devicetunnel.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Pauses between attempts. Each pause is twice as long as the last one. For one thread. */
final class Backoff {
  /** A full pipe at 1 GB/s is empty after this time. */
  private static final long MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** A person who types does not notice it, and a hundredth of a processor is enough for it. */
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private long nanos = MIN_NANOS;

  /** Waits before the next attempt. */
  void pause() {
    LockSupport.parkNanos(nanos);
    nanos = Math.min(2 * nanos, MAX_NANOS);
  }

  /** Makes the next pause the shortest one, after an attempt that succeeded. */
  void reset() {
    nanos = MIN_NANOS;
  }
}
