package io.github.devicetunnel.internal.upgrade;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where requests wait for each other, each with a connection in its hands: one that was sent at
 * once would leave its connection to the next, and there would be fewer than were wanted.
 */
final class Rendezvous {
  private final CountDownLatch missing;
  private final long limitNanos;

  /** For so many, none of which waits longer than the limit. */
  Rendezvous(int count, Duration limit) {
    this.missing = new CountDownLatch(count);
    this.limitNanos = TimeUnit.NANOSECONDS.convert(limit);
  }

  /** One less to wait for: it has its connection, or will never have one. */
  void arrive() {
    missing.countDown();
  }

  /** Returns when all have arrived, or have had time to. */
  void await() throws InterruptedIOException {
    try {
      var unused = missing.await(limitNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
