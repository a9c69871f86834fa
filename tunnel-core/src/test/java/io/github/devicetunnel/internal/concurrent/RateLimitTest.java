package io.github.devicetunnel.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND); // overflows soon
  private final RateLimit limit = new RateLimit(1_000_000, now::get);

  @Test
  void keepsTheRateOverManyTransfers() {
    long start = now.get();
    for (int i = 0; i < 1_000; i++) {
      now.addAndGet(Math.max(0, limit.record(16_384)));
    }
    double seconds = (now.get() - start) / (double) SECOND;
    assertThat(1_000 * 16_384 / seconds).isBetween(990_000.0, 1_010_000.0);
  }

  @Test
  void makesUpForShortPausesButNotForLongOnes() {
    now.addAndGet(SECOND / 20);
    assertThat(limit.record(50_000)).isZero();
    now.addAndGet(10 * SECOND);
    assertThat(limit.record(100_000)).isZero();
    assertThat(limit.record(100_000)).isEqualTo(SECOND / 10);
  }

  @Test
  void oneByteAtATimeIsNotRoundedAway() {
    RateLimit slow = new RateLimit(1, now::get);
    assertThat(slow.record(1)).isEqualTo(SECOND);
    RateLimit fast = new RateLimit(10_000_000_000L, now::get);
    long total = 0;
    for (int i = 0; i < 1_000_000; i++) {
      total = fast.record(1_000);
    }
    assertThat(total).isEqualTo(SECOND / 10);
  }
}
