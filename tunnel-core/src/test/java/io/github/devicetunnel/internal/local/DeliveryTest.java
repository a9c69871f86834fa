package io.github.devicetunnel.internal.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** With a clock that moves 100 ms at each look. */
class DeliveryTest {
  private static final long STEP = Duration.ofMillis(100).toNanos();

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private long now;
  private int looks;

  /** Waits, and returns how many milliseconds have passed on the clock. */
  private long await(LongUnaryOperator queueAtLook) {
    LocalSocket local =
        new QueueOnly() {
          @Override
          public CompletableFuture<OptionalLong> undelivered() {
            return CompletableFuture.completedFuture(
                OptionalLong.of(queueAtLook.applyAsLong(looks++)));
          }
        };
    new Delivery(local, cancelled, Duration.ZERO, () -> now += STEP).await();
    return Duration.ofNanos(now).toMillis();
  }

  @Test
  void endsAtOnceWhenNothingIsQueued() {
    assertThat(await(look -> 0)).isLessThanOrEqualTo(100);
    assertThat(looks).isEqualTo(1);
  }

  @Test
  void endsWhenTheQueueIsEmpty() {
    await(look -> Math.max(0, 10 - look));
    assertThat(looks).isEqualTo(11);
  }

  @Test
  void endsTwoSecondsAfterTheLastProgress() {
    assertThat(await(look -> Math.max(100, 110 - look))).isBetween(3000L, 3300L);
  }

  @Test
  void endsAfterThirtySecondsInAll() {
    assertThat(await(look -> 1_000_000 - look)).isBetween(30_000L, 30_300L);
  }

  @Test
  void endsWhenCancelled() {
    cancelled.countDown();
    await(look -> 5);
    assertThat(looks).isEqualTo(1);
  }

  /** A local end of which only the queue is asked. */
  private abstract static class QueueOnly implements LocalSocket {
    @Override
    public InputStream inputStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public OutputStream outputStream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void shutdownOutput() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void reset() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InetSocketAddress client() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> hasClientLeft(boolean readToEnd) {
      throw new UnsupportedOperationException();
    }
  }
}
