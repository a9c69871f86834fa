package io.github.devicetunnel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Cancels the current step of a dial, and each step that begins later. Thread-safe. */
final class DialCancellation {
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private Runnable cancelStep = () -> {}; // guarded by this

  /** Sets how to cancel the step that begins now, and cancels it if the dial was cancelled. */
  void beginStep(Runnable cancel) {
    synchronized (this) {
      cancelStep = cancel;
    }
    if (isCancelled()) {
      cancel.run();
    }
  }

  /** Returns whether {@link #cancel} was called. */
  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /**
   * Waits for the given time.
   *
   * @return false if the dial was cancelled
   */
  boolean sleep(long nanos) throws InterruptedException {
    return !cancelled.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Cancels the dial. Does not block. */
  void cancel() {
    cancelled.countDown();
    Runnable cancel;
    synchronized (this) {
      cancel = cancelStep;
    }
    cancel.run();
  }
}
