package io.github.devicetunnel.internal.concurrent;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at something again and again, on the scheduler's thread: each look says when the next one
 * is due. It can be stopped from any thread at any time.
 */
public final class Recheck {
  /** There is no further look. */
  public static final long NEVER = -1;

  private final ScheduledExecutorService scheduler;
  private final LongSupplier look;
  private final Consumer<Throwable> onFailure;

  private volatile boolean stopped;
  private volatile @Nullable Future<?> next;

  private Recheck(
      ScheduledExecutorService scheduler, LongSupplier look, Consumer<Throwable> onFailure) {
    this.scheduler = scheduler;
    this.look = look;
    this.onFailure = onFailure;
  }

  /**
   * Begins.
   *
   * @param delay nanoseconds until the first look
   * @param look returns the nanoseconds until the next one, positive, or {@link #NEVER}; must not
   *     wait
   * @param onFailure called when a look throws, which ends the looks; must not wait
   */
  public static Recheck start(
      ScheduledExecutorService scheduler,
      long delay,
      LongSupplier look,
      Consumer<Throwable> onFailure) {
    Recheck recheck = new Recheck(scheduler, look, onFailure);
    recheck.schedule(delay);
    return recheck;
  }

  /** Ends. A look that is under way goes on, and is the last one. From any thread. */
  public void stop() {
    stopped = true;
    Future<?> planned = next;
    if (planned != null) {
      planned.cancel(false);
    }
  }

  private void schedule(long delay) {
    next = scheduler.schedule(this::run, delay, TimeUnit.NANOSECONDS);
    if (stopped) {
      stop(); // It came before there was this one to be cancelled.
    }
  }

  private void run() {
    if (stopped) {
      return;
    }
    try {
      long delay = look.getAsLong();
      if (delay != NEVER) {
        schedule(delay);
      }
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }
}
