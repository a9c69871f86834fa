package io.github.devicetunnel.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ExchangeThreadsTest {
  private static final int MAX_SLOW_EXCHANGES = 64;
  private static final int MAX_THREADS = 512;

  private final AtomicLong nanoTime = new AtomicLong();
  @AutoClose private final ExchangeThreads threads = new ExchangeThreads(nanoTime::get);
  private final CountDownLatch never = new CountDownLatch(1);
  private final List<Integer> interrupted = new CopyOnWriteArrayList<>();

  /** Starts an exchange that only an interrupt ends, and waits until it runs. */
  private void startSlow(int number) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    threads.execute(
        () -> {
          started.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted.add(number);
          }
        });
    Await.reached(started);
  }

  /** Starts exchanges, of which each interrupts the oldest one. */
  private void startSlowInPlaceOfOldest(int first) throws InterruptedException {
    assertThat(interrupted).isEmpty();
    for (int i = 0; i < 3; i++) {
      startSlow(first + i);
      int count = i + 1;
      Await.until("an interrupt", () -> interrupted.size() == count);
    }
    assertThat(interrupted).containsExactly(0, 1, 2);
  }

  @Test
  void interruptsOldestSlowExchangesAboveLimit() throws Exception {
    for (int i = 0; i < MAX_SLOW_EXCHANGES; i++) {
      startSlow(i);
    }
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    startSlowInPlaceOfOldest(MAX_SLOW_EXCHANGES);
  }

  @Test
  void interruptsNewExchangeOnlyIfNoThreadIsFree() throws Exception {
    for (int i = 0; i < MAX_THREADS; i++) {
      startSlow(i);
    }
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos() - 1);
    startSlowInPlaceOfOldest(MAX_THREADS);
  }

  @Test
  void interruptDoesNotReachNextExchange() throws Exception {
    List<Boolean> interrupts = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 10; i++) {
      threads.execute(() -> Thread.currentThread().interrupt());
      threads.execute(() -> interrupts.add(Thread.currentThread().isInterrupted()));
    }
    Await.until("all exchanges", () -> interrupts.size() == 10);
    assertThat(interrupts).containsOnly(false);
  }
}
