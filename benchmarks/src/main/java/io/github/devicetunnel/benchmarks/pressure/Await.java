package io.github.devicetunnel.benchmarks.pressure;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits with time limits. */
final class Await {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /**
   * Polls a condition without events, such as the descriptors of another process. Returns false on
   * timeout.
   */
  static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedIOException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      park(PAUSE_NANOS);
    }
    return true;
  }

  /** Waits until a count has not changed for some time, which means that all buffers are full. */
  static boolean still(Duration limit, Duration stillFor, LongSupplier count)
      throws InterruptedIOException {
    long[] last = {count.getAsLong(), System.nanoTime()};
    return until(
        limit,
        () -> {
          long now = count.getAsLong();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] >= stillFor.toNanos();
        });
  }

  /** Waits for a fixed time, the duration of the load. */
  static void pass(Duration time) throws InterruptedIOException {
    until(System.nanoTime() + time.toNanos());
  }

  /** Waits until a point of {@link System#nanoTime}. */
  static void until(long nanoTime) throws InterruptedIOException {
    long left = nanoTime - System.nanoTime();
    while (left > 0) {
      park(left);
      left = nanoTime - System.nanoTime();
    }
  }

  private static void park(long nanos) throws InterruptedIOException {
    LockSupport.parkNanos(nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting");
    }
  }

  /** Returns the result of background work. */
  static <T> T result(CompletableFuture<T> work, Duration limit) throws Exception {
    try {
      return work.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new TimeoutException("no result within " + limit.toSeconds() + " s");
    }
  }

  static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
