package io.github.devicetunnel.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs cancellations while the system has no thread. */
final class CancellationsTest {
  private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger starts = new AtomicInteger();
  private final AtomicInteger failedStarts = new AtomicInteger();
  private volatile boolean threadsExhausted;

  /** Fails in place of the start: a pool of Java 25 does not call {@code Thread.start}. */
  private final ThreadFactory factory =
      task -> {
        if (threadsExhausted) {
          failedStarts.incrementAndGet();
          throw new OutOfMemoryError("unable to create native thread");
        }
        starts.incrementAndGet();
        return new Thread(task, "test-cancel");
      };

  @AfterEach
  void stop() {
    release.countDown();
    timers.shutdownNow();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Blocks every thread. The first one may not be ready yet, and then a second one starts. */
  private void blockAllThreads(Cancellations cancellations) {
    for (int blocked = 0; blocked < starts.get(); blocked++) {
      CountDownLatch begun = new CountDownLatch(1);
      cancellations.execute(
          () -> {
            begun.countDown();
            await(release);
          });
      await(begun);
    }
  }

  @Test
  void runsCancellationWithoutNewThread() {
    Cancellations cancellations = new Cancellations(timers, factory);
    threadsExhausted = true;
    CountDownLatch ran = new CountDownLatch(1);
    cancellations.execute(ran::countDown);
    await(ran);
    cancellations.release();
  }

  @Test
  void blockedCancellationDelaysNoOther() {
    Cancellations cancellations = new Cancellations(timers, factory);
    cancellations.execute(() -> await(release));
    CountDownLatch ran = new CountDownLatch(1);
    cancellations.execute(ran::countDown);
    await(ran);
    cancellations.release();
  }

  @Test
  void retriesUntilThreadIsAvailable() throws InterruptedException {
    Cancellations cancellations = new Cancellations(timers, factory);
    blockAllThreads(cancellations);
    threadsExhausted = true;
    CountDownLatch ran = new CountDownLatch(1);
    cancellations.execute(ran::countDown);
    CountDownLatch retried = new CountDownLatch(1);
    var unused =
        timers.scheduleWithFixedDelay(
            () -> {
              if (failedStarts.get() > 1) {
                retried.countDown();
              }
            },
            0,
            5,
            TimeUnit.MILLISECONDS);
    await(retried);
    assertThat(ran.getCount()).isOne();
    threadsExhausted = false;
    await(ran);
    cancellations.release();
  }

  @Test
  void continuesAfterFailedCancellation() {
    Cancellations cancellations = new Cancellations(timers, factory);
    threadsExhausted = true;
    cancellations.execute(
        () -> {
          throw new IllegalStateException("of a listener");
        });
    CountDownLatch ran = new CountDownLatch(1);
    cancellations.execute(ran::countDown);
    await(ran);
    cancellations.release();
  }

  @Test
  void failsToStartWithoutThread() {
    threadsExhausted = true;
    assertThatThrownBy(() -> new Cancellations(timers, factory))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void runsCancellationAfterRelease() {
    Cancellations cancellations = new Cancellations(timers, factory);
    cancellations.release();
    CountDownLatch ran = new CountDownLatch(1);
    cancellations.execute(ran::countDown);
    await(ran);
  }
}
