package io.github.devicetunnel;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Acts once something has been quiet for some time. It is not restarted by every byte: it looks
 * when the time could be over, and if it is not, once more when it could be then.
 */
final class QuietTimer {
  private final ScheduledExecutorService scheduler;
  private final long limitNanos;
  private final LongSupplier quietNanos;
  private final Runnable action;

  private volatile boolean cancelled;
  private volatile @Nullable Future<?> next;

  private QuietTimer(
      ScheduledExecutorService scheduler,
      Duration limit,
      LongSupplier quietNanos,
      Runnable action) {
    this.scheduler = scheduler;
    this.limitNanos = TimeUnit.NANOSECONDS.convert(limit);
    this.quietNanos = quietNanos;
    this.action = action;
  }

  /**
   * Begins to look.
   *
   * @param quietNanos for how long it has been quiet so far, in nanoseconds
   * @param action on the scheduler's thread, at most once; must not wait
   */
  static QuietTimer start(
      ScheduledExecutorService scheduler,
      Duration limit,
      LongSupplier quietNanos,
      Runnable action) {
    QuietTimer timer = new QuietTimer(scheduler, limit, quietNanos, action);
    timer.lookAfter(timer.limitNanos);
    return timer;
  }

  /** Ends it. From any thread; an action that is running goes on. */
  void cancel() {
    cancelled = true;
    Future<?> planned = next;
    if (planned != null) {
      planned.cancel(false);
    }
  }

  private void lookAfter(long nanos) {
    next = scheduler.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    if (cancelled) {
      cancel();
    }
  }

  private void look() {
    if (cancelled) {
      return;
    }
    long left = limitNanos - quietNanos.getAsLong();
    if (left <= 0) {
      action.run();
    } else {
      lookAfter(left);
    }
  }
}
