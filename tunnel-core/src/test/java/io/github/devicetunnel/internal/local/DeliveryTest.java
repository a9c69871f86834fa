package io.github.devicetunnel.internal.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Uses a clock that advances by 100 ms at each reading. */
class DeliveryTest {
  private static final long STEP = Duration.ofMillis(100).toNanos();

  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private long now;
  private int checks;

  /** Waits for the delivery and returns the elapsed time in milliseconds. */
  private long await(LongUnaryOperator queueAtCheck) {
    LocalSocket local =
        new QueueOnly() {
          @Override
          public CompletableFuture<OptionalLong> undelivered() {
            return CompletableFuture.completedFuture(
                OptionalLong.of(queueAtCheck.applyAsLong(checks++)));
          }
        };
    new Delivery(local, cancelled, Duration.ZERO, () -> now += STEP).await();
    return Duration.ofNanos(now).toMillis();
  }

  @Test
  void returnsAtOnceWhenQueueIsEmpty() {
    assertThat(await(check -> 0)).isLessThanOrEqualTo(100);
    assertThat(checks).isEqualTo(1);
  }

  @Test
  void returnsWhenQueueBecomesEmpty() {
    await(check -> Math.max(0, 10 - check));
    assertThat(checks).isEqualTo(11);
  }

  @Test
  void returnsTwoSecondsAfterLastProgress() {
    assertThat(await(check -> Math.max(100, 110 - check))).isBetween(3000L, 3300L);
  }

  @Test
  void returnsAfterThirtySecondsInTotal() {
    assertThat(await(check -> 1_000_000 - check)).isBetween(30_000L, 30_300L);
  }

  @Test
  void returnsWhenCancelled() {
    cancelled.complete(null);
    await(check -> 5);
    assertThat(checks).isEqualTo(1);
  }

  /** A local socket that reports only the length of its queue. */
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
