package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs cancellations, which call code of the application and may block. The caller, often the timer
 * thread, continues at once. One thread stands by, so that a cancellation does not depend on the
 * start of a thread. See docs/rationale/threads-and-memory.md.
 */
public final class Cancellations implements Executor {
  private static final int MAX_THREADS = 64;
  private static final long RETRY_INTERVAL_MILLIS = 100;

  private final ScheduledExecutorService timers;
  private final ThreadPoolExecutor threads;

  /**
   * Creates the object and starts its first thread.
   *
   * @param timers repeats the start of a cancellation for which there is no thread
   */
  public Cancellations(ScheduledExecutorService timers) {
    this(timers, Daemons.factory("tunnel-cancel"));
  }

  Cancellations(ScheduledExecutorService timers, ThreadFactory factory) {
    this.timers = timers;
    this.threads =
        new ThreadPoolExecutor(
            1, MAX_THREADS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    threads.prestartCoreThread();
  }

  /** Runs a cancellation soon. Does not block. */
  @Override
  public void execute(Runnable cancellation) {
    try {
      // A future keeps an exception of the application's code, which would end the thread.
      threads.execute(new FutureTask<>(cancellation, null));
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // Each thread is busy and no other can be started now.
      var unused =
          timers.schedule(
              () -> execute(cancellation), RETRY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Ends the threads after a second without work. Further cancellations still run. */
  public void release() {
    threads.allowCoreThreadTimeOut(true);
  }
}
