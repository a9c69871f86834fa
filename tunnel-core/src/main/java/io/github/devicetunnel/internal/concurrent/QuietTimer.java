package io.github.devicetunnel.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Acts once something has been quiet for some time. It is not restarted by every byte: it looks
 * when the time could be over, and if it is not, once more when it could be then.
 */
public final class QuietTimer {
  private final long limitNanos;
  private final LongSupplier quietNanos;
  private final Runnable action;

  private QuietTimer(Duration limit, LongSupplier quietNanos, Runnable action) {
    this.limitNanos = TimeUnit.NANOSECONDS.convert(limit);
    this.quietNanos = quietNanos;
    this.action = action;
  }

  /**
   * Begins to look.
   *
   * @param quietNanos for how long it has been quiet so far, in nanoseconds
   * @param action on the scheduler's thread, at most once; must not wait
   * @param onFailure called when either throws; must not wait
   */
  public static Recheck start(
      ScheduledExecutorService scheduler,
      Duration limit,
      LongSupplier quietNanos,
      Runnable action,
      Consumer<Throwable> onFailure) {
    QuietTimer timer = new QuietTimer(limit, quietNanos, action);
    return Recheck.start(scheduler, timer.limitNanos, timer::look, onFailure);
  }

  private long look() {
    long left = limitNanos - quietNanos.getAsLong();
    if (left > 0) {
      return left;
    }
    action.run();
    return Recheck.NEVER;
  }
}
