package io.github.devicetunnel.internal.local;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks at growing intervals whether the local client has left, while no thread reads from it.
 * From any thread; never waits.
 */
public final class ClientWatch {
  /** Most services have closed by then, which spares a read of the table of sockets. */
  public static final long FIRST_CHECK_MILLIS = 20;

  private static final long MIN_INTERVAL_MILLIS = 50;

  /** The cloud learns within a second that the client has left. */
  public static final long MAX_INTERVAL_MILLIS = 500;

  private final ScheduledExecutorService scheduler;
  private final LocalSocket local;
  private final boolean readToEnd;
  private final Runnable onLeft;

  // Guarded by this.
  private long intervalMillis = MIN_INTERVAL_MILLIS;
  private boolean stopped;
  private @Nullable Future<?> next;

  /**
   * Prepares a watch.
   *
   * @param readToEnd whether it starts after everything was read that the client sent
   * @param onLeft called at most once; must not wait
   */
  public ClientWatch(
      ScheduledExecutorService scheduler, LocalSocket local, boolean readToEnd, Runnable onLeft) {
    this.scheduler = scheduler;
    this.local = local;
    this.readToEnd = readToEnd;
    this.onLeft = onLeft;
  }

  /** Starts with a check after a delay. */
  public synchronized void start(long delayMillis) {
    if (!stopped) {
      next = scheduler.schedule(this::check, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops. A check that is running may still report that the client has left. */
  public synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
    }
  }

  private void check() {
    var unused = local.hasClientLeft(readToEnd).thenAccept(this::checked);
  }

  private void checked(boolean left) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = left;
      if (!left) {
        start(intervalMillis);
        intervalMillis = Math.min(intervalMillis * 2, MAX_INTERVAL_MILLIS);
        return;
      }
    }
    onLeft.run();
  }
}
