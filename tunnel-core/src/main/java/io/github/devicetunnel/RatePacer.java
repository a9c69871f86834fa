package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.concurrent.RateLimit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Delays the reads of one direction of a connection, so that its rate limits hold. Backpressure
 * remains that of TCP: nothing is queued. Used by one thread at a time, except for {@link #end}.
 */
final class RatePacer {
  private final List<RateLimit> limits;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile long nextAt; // undefined before the first transfer
  private volatile boolean delayed;

  /** Creates a pacer; without limits it never waits. */
  RatePacer(List<RateLimit> limits) {
    this.limits = limits;
  }

  /** Returns the maximum number of bytes to transfer at once. */
  int pieceSize() {
    int size = Integer.MAX_VALUE;
    for (RateLimit limit : limits) {
      size = Math.min(size, limit.pieceSize());
    }
    return size;
  }

  /** Records a transfer. */
  void transferred(int bytes) {
    if (limits.isEmpty()) {
      return;
    }
    long wait = 0;
    for (RateLimit limit : limits) {
      wait = Math.max(wait, limit.record(bytes));
    }
    nextAt = System.nanoTime() + wait;
    delayed = wait > 0;
  }

  /**
   * Waits until the next transfer is due, the connection ends or the thread is interrupted.
   *
   * @return false if the deadline passes first
   */
  boolean awaitTurn(Deadline deadline) {
    if (!delayed) {
      return true;
    }
    long left;
    try {
      while ((left = nextAt - System.nanoTime()) > 0) {
        long limit = deadline.isSet() ? deadline.nanosLeft() : Long.MAX_VALUE;
        if (limit <= 0) {
          return false;
        }
        if (ended.await(Math.min(left, limit), TimeUnit.NANOSECONDS)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the caller handles it as without a limit
      return true;
    }
    delayed = false;
    return true;
  }

  /** Ends all waits, because the connection has ended. Never blocks. */
  void end() {
    ended.countDown();
  }
}
