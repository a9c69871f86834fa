package io.github.devicetunnel.internal.local;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watch that checks at growing intervals whether the local client has left while no thread reads
 * from it. The checks use the socket and therefore run on helper threads. Thread-safe. Does not
 * block.
 */
public final class ClientWatch {
  /**
   * Delay of the first check. Most services have closed by then, which saves a read of the socket
   * table.
   */
  public static final long FIRST_CHECK_MILLIS = 20;

  private static final long MIN_INTERVAL_MILLIS = 50;

  /** Maximum interval, so that the cloud is informed within a second. */
  public static final long MAX_INTERVAL_MILLIS = 500;

  private final ScheduledExecutorService scheduler;
  private final Executor helpers;
  private final LocalSocket local;
  private final boolean readToEnd;
  private final Runnable onLeft;

  // Guarded by this.
  private long intervalMillis = MIN_INTERVAL_MILLIS;
  private boolean stopped;
  private @Nullable Future<?> next;

  /**
   * Creates a watch.
   *
   * @param helpers runs the checks
   * @param readToEnd whether everything that the client sent has been read
   * @param onLeft called at most once; must not block
   */
  public ClientWatch(
      ScheduledExecutorService scheduler,
      Executor helpers,
      LocalSocket local,
      boolean readToEnd,
      Runnable onLeft) {
    this.scheduler = scheduler;
    this.helpers = helpers;
    this.local = local;
    this.readToEnd = readToEnd;
    this.onLeft = onLeft;
  }

  /** Starts the watch with a check after a delay. */
  public synchronized void start(long delayMillis) {
    if (!stopped) {
      next = scheduler.schedule(this::due, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops the watch. A check that is running may still report that the client has left. */
  public synchronized void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
    }
  }

  private void due() {
    try {
      helpers.execute(this::check);
    } catch (OutOfMemoryError e) {
      checked(false); // no thread can be started now
    }
  }

  private void check() {
    var unused =
        local
            .hasClientLeft(readToEnd)
            .exceptionally(failure -> false) // not known
            .thenAccept(this::checked);
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
