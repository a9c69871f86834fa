package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.cli.Await;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DrainTest {
  @Test
  void closesAllAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(4);
    Drainable drainable =
        time -> {
          assertThat(time).isBetween(Duration.ofSeconds(1), Duration.ofHours(1));
          try {
            all.await(Await.LONG.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
          }
          return new DrainReport(1, 2, 3);
        };

    assertThat(Drain.all(Collections.nCopies(4, drainable), Duration.ofHours(1)))
        .isEqualTo(new DrainReport(4, 8, 12));
  }

  @Test
  void interruptEndsAll() throws Exception {
    CountDownLatch begun = new CountDownLatch(3);
    Drainable drainable =
        time -> {
          begun.countDown();
          try {
            boolean unused = new CountDownLatch(1).await(time.toSeconds(), TimeUnit.SECONDS);
            return new DrainReport(1, 0, 0);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DrainReport(0, 1, 0);
          }
        };
    Thread draining = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                Await.reached(begun);
                draining.interrupt();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    interrupter.start();

    assertThat(Drain.all(List.of(drainable, drainable, drainable), Await.LONG))
        .isEqualTo(new DrainReport(0, 3, 0));
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
  }

  @Test
  void closesNone() {
    assertThat(Drain.all(List.of(), Duration.ZERO)).isEqualTo(new DrainReport(0, 0, 0));
  }
}
