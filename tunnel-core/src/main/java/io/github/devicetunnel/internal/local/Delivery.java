package io.github.devicetunnel.internal.local;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * A wait until the local client's system has accepted all written bytes, so that a reset discards
 * none. The wait ends early if no byte is accepted for two seconds, and at the latest after thirty
 * seconds. If the system does not report the queue, the wait takes one second. See
 * docs/rationale/ends.md.
 */
public final class Delivery {
  static final Duration MAX_STALL = Duration.ofSeconds(2);
  static final Duration MAX_TIME = Duration.ofSeconds(30);

  /**
   * Wait if the queue is not visible, sufficient for a client that reads at all on a local network.
   */
  static final Duration BLIND_TIME = Duration.ofSeconds(1);

  private static final Duration INTERVAL = Duration.ofMillis(50);

  /** Timeout of one query of the queue, which can take more than a second on a busy machine. */
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);

  private final LocalSocket local;
  private final CompletableFuture<?> cancelled;
  private final Duration interval;
  private final LongSupplier nanoClock;

  /**
   * Creates a wait.
   *
   * @param cancelled ends the wait at once when it completes
   */
  public Delivery(LocalSocket local, CompletableFuture<?> cancelled) {
    this(local, cancelled, INTERVAL, System::nanoTime);
  }

  /**
   * Creates a wait with a clock that a test controls.
   *
   * @param interval between two queries of the queue
   * @param nanoClock a clock such as {@link System#nanoTime}
   */
  public Delivery(
      LocalSocket local,
      CompletableFuture<?> cancelled,
      Duration interval,
      LongSupplier nanoClock) {
    this.local = local;
    this.cancelled = cancelled;
    this.interval = interval;
    this.nanoClock = nanoClock;
  }

  /** Waits. An interrupt ends the wait, and the interrupt status stays set. */
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
    CompletableFuture<OptionalLong> query = local.undelivered();
    boolean unused = isDone(CompletableFuture.anyOf(query, cancelled), QUERY_TIMEOUT);
    return query.isDone() && !query.isCompletedExceptionally()
        ? query.join()
        : OptionalLong.empty();
  }

  /** Pauses. Returns whether the wait was cancelled. */
  private boolean pause(Duration time) throws InterruptedException {
    return isDone(cancelled, time);
  }

  private static boolean isDone(CompletableFuture<?> future, Duration time)
      throws InterruptedException {
    try {
      future.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
