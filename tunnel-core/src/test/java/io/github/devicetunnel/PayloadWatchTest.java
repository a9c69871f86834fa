package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Times without payload, with a clock of the test. */
class PayloadWatchTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // overflows soon
  private final PayloadWatch watch = new PayloadWatch(now::get);

  private void pass(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds();
  }

  @Test
  void idleTimeIsThatSinceTheLastPayloadInEitherDirection() {
    watch.waiting();
    pass(10);
    assertThat(seconds(watch.idleNanos())).isEqualTo(10);

    watch.sending();
    pass(3);
    assertThat(watch.idleNanos()).as("during a write").isZero();
    watch.sent();
    pass(4);
    assertThat(seconds(watch.idleNanos())).isEqualTo(4);

    watch.arrived();
    watch.notWaiting();
    watch.waiting();
    pass(2);
    assertThat(seconds(watch.idleNanos())).isEqualTo(2);
  }

  @Test
  void slowLocalReaderIsNotIdle() {
    watch.waiting();
    watch.arrived();
    watch.notWaiting();
    pass(100);
    assertThat(watch.idleNanos()).isZero();
    assertThat(watch.silentNanos()).isZero();
  }

  @Test
  void silenceAfterTheDrainCountsFromTheDrain() {
    watch.waiting();
    pass(100);
    watch.drain(0);
    pass(5);
    assertThat(seconds(watch.silentNanos())).isEqualTo(5);
    watch.arrived();
    watch.notWaiting();
    watch.waiting();
    pass(1);
    assertThat(seconds(watch.silentNanos())).isEqualTo(1);
  }

  @Test
  void clientSeemsGoneIfTheServiceHadReplied() {
    watch.sending();
    watch.sent();
    watch.drain(0);
    assertThat(watch.clientSeemsGone(0)).as("no reply yet").isFalse();

    watch.arrived();
    watch.drain(100);
    assertThat(watch.clientSeemsGone(100)).as("replied before the drain").isTrue();
    assertThat(watch.clientSeemsGone(101)).as("bytes after the drain").isFalse();
  }
}
