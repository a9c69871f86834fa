package io.github.devicetunnel.internal.upgrade;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A barrier at which requests wait for each other, each with its own connection. A request sent at
 * once would release its connection for the next request, and fewer connections than requested
 * would be opened.
 */
final class Rendezvous {
  private final CountDownLatch missing;
  private final long limitNanos;

  /** Creates a barrier for a number of requests, each of which waits no longer than the limit. */
  Rendezvous(int count, Duration limit) {
    this.missing = new CountDownLatch(count);
    this.limitNanos = TimeUnit.NANOSECONDS.convert(limit);
  }

  /** Records that a request has its connection or has failed. */
  void arrive() {
    missing.countDown();
  }

  /** Returns when all requests have arrived or the limit has passed. */
  void await() throws InterruptedIOException {
    try {
      var unused = missing.await(limitNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
