package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets threads in until it is closed. When it is closed and the last of them has left, that one, or
 * whoever closed it if nobody was inside, does what is left to do: once, and with no lock held.
 */
public final class InFlightGate {
  private final Runnable action;
  private final CountDownLatch done = new CountDownLatch(1);
  private int inside; // guarded by this
  private boolean closed; // guarded by this

  public InFlightGate(Runnable action) {
    this.action = action;
  }

  /** False when it is closed; otherwise {@link #leave} must follow. */
  public synchronized boolean enter() {
    if (closed) {
      return false;
    }
    inside++;
    return true;
  }

  public void leave() {
    boolean last;
    synchronized (this) {
      inside--;
      last = closed && inside == 0;
    }
    if (last) {
      finish();
    }
  }

  /**
   * Lets nobody in any more. Does not wait for those who are inside. The second call does nothing.
   */
  public void close() {
    boolean last;
    synchronized (this) {
      last = !closed && inside == 0;
      closed = true;
    }
    if (last) {
      finish();
    }
  }

  private void finish() {
    try {
      action.run();
    } finally {
      done.countDown();
    }
  }

  /** Waits until all that was left to do is done; false when the time was over. */
  public boolean awaitDone(long nanos) throws InterruptedException {
    return done.await(nanos, TimeUnit.NANOSECONDS);
  }
}
