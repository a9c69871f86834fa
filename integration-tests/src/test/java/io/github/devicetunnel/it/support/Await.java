package io.github.devicetunnel.it.support;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits for events; a wait that expires fails with a report on the processes of the test and the
 * threads of this JVM.
 */
public final class Await {
  /** Maximum wait for an event, far above what a loaded machine needs. */
  public static final Duration LONG = Duration.ofSeconds(60);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Await() {}

  /** Reports an event that did not happen in time. */
  public static final class ExpiredError extends AssertionError {
    private static final long serialVersionUID = 1;

    private ExpiredError(String message) {
      super(message);
    }
  }

  /** Waits for a condition. The stack trace of a failure shows which condition. */
  public static void until(BooleanSupplier condition) {
    until("the condition", condition);
  }

  /** Waits for a condition. */
  public static void until(String event, BooleanSupplier condition) {
    until(() -> event, condition);
  }

  /** Waits for a condition whose description is known only at the end. */
  public static void until(Supplier<String> event, BooleanSupplier condition) {
    if (!within(LONG, condition)) {
      throw expired(event.get());
    }
  }

  /** Waits for a condition and returns whether it holds in time. */
  public static boolean within(Duration time, BooleanSupplier condition) {
    long end = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  /** Waits for a result and returns it. */
  public static <T> T get(Future<T> future) throws ExecutionException, InterruptedException {
    try {
      return future.get(LONG.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw expired("a result");
    }
  }

  /** Waits for an element and returns it. */
  public static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(LONG.toNanos(), TimeUnit.NANOSECONDS);
    if (next == null) {
      throw expired("an element of a queue");
    }
    return next;
  }

  /** Waits until a latch reaches zero. */
  public static void reached(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(LONG.toNanos(), TimeUnit.NANOSECONDS)) {
      throw expired("a latch at " + latch.getCount());
    }
  }

  public static ExpiredError expired(String event) {
    return new ExpiredError(
        "waited %d s in vain for %s%s\n--- threads of this JVM:\n%s"
            .formatted(LONG.toSeconds(), event, TestProcess.reports(), threads()));
  }

  private static String threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .map(
            each ->
                Stream.of(each.getValue())
                    .map(frame -> "\n    at " + frame)
                    .collect(
                        Collectors.joining(
                            "",
                            "\"" + each.getKey().getName() + "\" " + each.getKey().getState(),
                            "\n")))
        .collect(Collectors.joining());
  }
}
