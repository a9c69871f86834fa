package io.github.devicetunnel.testing;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one service. They are daemon threads, named after their current task. Thread-safe.
 */
final class Workers {
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> daemon(task, "tunnel-service-idle"));

  private final ScheduledThreadPoolExecutor timers =
      new ScheduledThreadPoolExecutor(1, task -> daemon(task, "tunnel-service-timer"));

  Workers() {
    timers.setRemoveOnCancelPolicy(true);
    timers.setKeepAliveTime(1, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs a task on a separate thread.
   *
   * @throws RejectedExecutionException if the service is closed
   */
  void run(String name, Runnable task) {
    threads.execute(() -> runNamed(name, task));
  }

  /** Runs a task on this thread, under another thread name. */
  static void runNamed(String name, Runnable task) {
    Thread thread = Thread.currentThread();
    String before = thread.getName();
    thread.setName(name);
    try {
      task.run();
    } finally {
      thread.setName(before);
    }
  }

  /**
   * Runs a short, non-blocking task after a delay.
   *
   * @throws RejectedExecutionException if the service is closed
   */
  Future<?> schedule(Runnable task, Duration delay) {
    return timers.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs a short, non-blocking task periodically.
   *
   * @throws RejectedExecutionException if the service is closed
   */
  Future<?> repeat(Runnable task, Duration interval) {
    long nanos = TimeUnit.NANOSECONDS.convert(interval);
    return timers.scheduleAtFixedRate(task, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Rejects further tasks. */
  void shutdown() {
    timers.shutdownNow();
    threads.shutdown();
  }

  /** Waits for all threads to end, and returns whether they ended in time. */
  boolean awaitEnd(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    return threads.awaitTermination(time.toNanos(), TimeUnit.NANOSECONDS)
        && timers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
