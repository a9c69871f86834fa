package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A repeated check on the scheduler's thread. Each check returns the delay until the next one. */
public final class Recheck {
  /** Delay that ends the checks. */
  public static final long NEVER = -1;

  private final ScheduledExecutorService scheduler;
  private final LongSupplier check;
  private final Consumer<Throwable> onFailure;

  private volatile boolean stopped;
  private volatile @Nullable Future<?> next;

  private Recheck(
      ScheduledExecutorService scheduler, LongSupplier check, Consumer<Throwable> onFailure) {
    this.scheduler = scheduler;
    this.check = check;
    this.onFailure = onFailure;
  }

  /**
   * Starts the checks.
   *
   * @param delay nanoseconds until the first check
   * @param check returns the nanoseconds until the next check, positive, or {@link #NEVER}; must
   *     not block
   * @param onFailure called if a check throws, which ends the checks; must not block
   */
  public static Recheck start(
      ScheduledExecutorService scheduler,
      long delay,
      LongSupplier check,
      Consumer<Throwable> onFailure) {
    Recheck recheck = new Recheck(scheduler, check, onFailure);
    recheck.schedule(delay);
    return recheck;
  }

  /** Stops the checks. A check that is running completes, and is the last one. Thread-safe. */
  public void stop() {
    stopped = true;
    Future<?> scheduled = next;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  private void schedule(long delay) {
    next = scheduler.schedule(this::run, delay, TimeUnit.NANOSECONDS);
    if (stopped) {
      stop(); // stop() ran before this check could be cancelled.
    }
  }

  private void run() {
    if (stopped) {
      return;
    }
    try {
      long delay = check.getAsLong();
      if (delay != NEVER) {
        schedule(delay);
      }
    } catch (RuntimeException | Error e) {
      onFailure.accept(e); // its own failure is the last result of this task, and not reported
    }
  }
}
