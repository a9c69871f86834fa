package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A call of foreign code that may block for ever and ignore interrupts. It runs on another thread.
 * The waiting thread leaves it behind when the time passes or the call is cancelled. A limit
 * applies to the calls that have not returned, including those left behind. See
 * docs/rationale/credentials.md.
 */
public final class DetachedCall<T> {
  private final FutureTask<T> task;
  private final Admission running;
  private final Executor threads;

  private volatile Admission.@Nullable Permit permit;

  /**
   * Creates a call that has not begun.
   *
   * @param running limits the calls that have not returned
   * @param threads runs the call; must not run it on the calling thread
   */
  public DetachedCall(Callable<T> call, Admission running, Executor threads) {
    this.task = new FutureTask<>(call);
    this.running = running;
    this.threads = threads;
  }

  /**
   * Makes the call and returns its result. Waits for its turn first. Call this method once.
   *
   * @param nanos time for both waits
   * @throws ExecutionException if the call throws any {@link Throwable}
   * @throws TimeoutException if the time passes
   * @throws CancellationException if the call is cancelled, or the executor was shut down
   */
  public T get(long nanos) throws ExecutionException, InterruptedException, TimeoutException {
    long startedAt = System.nanoTime();
    Admission.Permit turn = running.request();
    permit = turn;
    boolean begun = false;
    try {
      // A cancellation after this check closes the permit.
      boolean admitted = !task.isCancelled() && turn.await(nanos);
      if (task.isCancelled()) {
        throw new CancellationException();
      }
      if (!admitted) {
        throw new TimeoutException();
      }
      begin(turn);
      begun = true;
      return task.get(nanos - (System.nanoTime() - startedAt), TimeUnit.NANOSECONDS);
    } finally {
      cancel();
      if (!begun) {
        turn.close();
      }
    }
  }

  private void begin(Admission.Permit turn) {
    try {
      threads.execute(
          () -> {
            try {
              task.run();
            } finally {
              turn.close();
            }
          });
    } catch (RejectedExecutionException e) {
      CancellationException cancelled = new CancellationException();
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  /**
   * Cancels the call: {@link #get} fails at once, and the thread of the call is interrupted.
   * Thread-safe. Does not block.
   */
  public void cancel() {
    task.cancel(true);
    Admission.Permit waiting = permit;
    if (waiting != null) {
      boolean unused = waiting.withdraw();
    }
  }
}
