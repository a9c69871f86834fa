package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A gate that counts the threads inside and runs an action once, after it has been closed and the
 * last thread has left. The action runs on the last thread, or on the closing thread if no thread
 * is inside. No lock is held meanwhile. Thread-safe.
 */
public final class InFlightGate {
  private final Runnable action;
  private final CountDownLatch done = new CountDownLatch(1);
  private int inside; // guarded by this
  private boolean closed; // guarded by this

  public InFlightGate(Runnable action) {
    this.action = action;
  }

  /** Enters the gate. Returns false if it is closed; otherwise {@link #leave} must follow. */
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
   * Closes the gate for further threads. Does not wait for the threads inside. Further calls have
   * no effect.
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

  /** Waits until the action has ended. Returns false if the time has elapsed before. */
  public boolean awaitDone(long nanos) throws InterruptedException {
    return done.await(nanos, TimeUnit.NANOSECONDS);
  }
}
