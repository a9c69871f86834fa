package io.github.devicetunnel.cli;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits for events. A wait that expires fails with a report of the test's processes and the threads
 * of this JVM.
 */
public final class Await {
  /** Maximum time to wait for an event. It suffices for any event on a loaded machine. */
  public static final Duration LONG = Duration.ofSeconds(60);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Await() {}

  /** Reports an event that did not happen. */
  static final class ExpiredError extends AssertionError {
    private static final long serialVersionUID = 1;

    private ExpiredError(String message) {
      super(message);
    }
  }

  /** Waits for a condition. The stack trace of a failure identifies it. */
  static void until(BooleanSupplier condition) {
    until("the condition", condition);
  }

  /** Waits for a condition. */
  public static void until(String what, BooleanSupplier condition) {
    if (!within(LONG, condition)) {
      throw expired(what);
    }
  }

  /** Waits for a condition, and returns false if it does not hold in time. */
  static boolean within(Duration time, BooleanSupplier condition) {
    long end = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  /** Waits for an element, and returns it. */
  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(LONG.toNanos(), TimeUnit.NANOSECONDS);
    if (next == null) {
      throw expired("an element of a queue");
    }
    return next;
  }

  /** Waits until a latch is open. */
  public static void reached(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(LONG.toNanos(), TimeUnit.NANOSECONDS)) {
      throw expired("a latch at " + latch.getCount());
    }
  }

  static ExpiredError expired(String what) {
    return new ExpiredError(
        "waited %d s in vain for %s%s\n--- threads of this JVM:\n%s"
            .formatted(LONG.toSeconds(), what, TestProcess.reports(), threads()));
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
