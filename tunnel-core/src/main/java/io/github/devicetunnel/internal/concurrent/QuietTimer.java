package io.github.devicetunnel.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A timer that runs an action after a period without activity. Activity does not restart the timer.
 * Instead, the timer checks at the earliest possible time, and schedules another check if there was
 * activity.
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
   * Starts a timer.
   *
   * @param quietNanos returns the time since the last activity, in nanoseconds
   * @param action runs at most once, on the scheduler's thread; must not block
   * @param onFailure called if {@code quietNanos} or {@code action} throws; must not block
   */
  public static Recheck start(
      ScheduledExecutorService scheduler,
      Duration limit,
      LongSupplier quietNanos,
      Runnable action,
      Consumer<Throwable> onFailure) {
    QuietTimer timer = new QuietTimer(limit, quietNanos, action);
    return Recheck.start(scheduler, timer.limitNanos, timer::check, onFailure);
  }

  private long check() {
    long left = limitNanos - quietNanos.getAsLong();
    if (left > 0) {
      return left;
    }
    action.run();
    return Recheck.NEVER;
  }
}
