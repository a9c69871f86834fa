package io.github.devicetunnel.internal.local;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Waits until the local client's system has taken everything that was written, so that a reset
 * discards nothing. The wait ends earlier when the client takes nothing for two seconds, or after
 * thirty seconds in all. Where the system cannot tell, it is one second.
 */
public final class Delivery {
  static final Duration MAX_STALL = Duration.ofSeconds(2);
  static final Duration MAX_TIME = Duration.ofSeconds(30);

  /** Where the queue cannot be seen: enough for a client that reads at all on a local network. */
  static final Duration BLIND_TIME = Duration.ofSeconds(1);

  private static final Duration INTERVAL = Duration.ofMillis(50);

  /** For one look at the queue, which may take more than a second on a busy machine. */
  private static final Duration MAX_LOOK = Duration.ofSeconds(10);

  private final LocalSocket local;
  private final CountDownLatch cancelled;
  private final Duration interval;
  private final LongSupplier nanoClock;

  /**
   * Prepares the wait.
   *
   * @param cancelled ends it at once
   */
  public Delivery(LocalSocket local, CountDownLatch cancelled) {
    this(local, cancelled, INTERVAL, System::nanoTime);
  }

  /**
   * Prepares a wait whose time a test controls.
   *
   * @param interval between two looks at the queue
   * @param nanoClock as {@link System#nanoTime}
   */
  public Delivery(
      LocalSocket local, CountDownLatch cancelled, Duration interval, LongSupplier nanoClock) {
    this.local = local;
    this.cancelled = cancelled;
    this.interval = interval;
    this.nanoClock = nanoClock;
  }

  /** Waits. An interrupt ends the wait and stays set. */
  public void await() {
    try {
      OptionalLong queued = queued();
      if (queued.isEmpty()) {
        boolean unused = pause(BLIND_TIME);
        return;
      }
      long began = nanoClock.getAsLong();
      long progressAt = began;
      long least = Long.MAX_VALUE;
      while (queued.isPresent() && queued.getAsLong() > 0) {
        long now = nanoClock.getAsLong();
        if (queued.getAsLong() < least) {
          least = queued.getAsLong();
          progressAt = now;
        }
        if (now - progressAt >= MAX_STALL.toNanos() || now - began >= MAX_TIME.toNanos()) {
          return;
        }
        if (pause(interval)) {
          return;
        }
        queued = queued();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private OptionalLong queued() throws InterruptedException {
    try {
      return local.undelivered().get(MAX_LOOK.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return OptionalLong.empty();
    }
  }

  /** Returns whether the wait was cancelled. */
  private boolean pause(Duration time) throws InterruptedException {
    return cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
