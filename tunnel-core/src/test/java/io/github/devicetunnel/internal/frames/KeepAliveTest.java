package io.github.devicetunnel.internal.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.internal.concurrent.Recheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pings and verdicts, with a clock of the test. */
class KeepAliveTest {
  private static final long NOT_WAITING = -1;
  private static final Duration PING = Duration.ofSeconds(5);
  private static final Duration LIVENESS = Duration.ofSeconds(10);
  private static final Duration WRITE = Duration.ofMinutes(2);

  private final List<String> events = new ArrayList<>();
  private long now = Long.MAX_VALUE - Duration.ofSeconds(7).toNanos(); // overflows soon
  private long waitingFor = NOT_WAITING;
  private long blockedFor = NOT_WAITING;
  private long unacknowledged;

  private final KeepAlive.Connection connection =
      new KeepAlive.Connection() {
        @Override
        public long silentNanos(long at) {
          return waitingFor == NOT_WAITING ? 0 : waitingFor;
        }

        @Override
        public long writeBlockedNanos(long at) {
          return blockedFor == NOT_WAITING ? 0 : blockedFor;
        }

        @Override
        public long unacknowledged() {
          return unacknowledged;
        }

        @Override
        public void ping() {
          events.add("ping");
        }
      };

  private final KeepAliveVerdict verdict =
      new KeepAliveVerdict() {
        @Override
        public void silent(Duration silence) {
          events.add("silent " + silence.toSeconds());
        }

        @Override
        public void writeBlocked(Duration blocked) {
          events.add("blocked " + blocked.toSeconds());
        }

        @Override
        public void failed(Throwable failure) {
          events.add("failed");
        }
      };

  private final KeepAlive keepAlive =
      new KeepAlive(connection, () -> now, PING, LIVENESS, WRITE, verdict);

  private void pass(Duration time) {
    now += time.toNanos();
    if (waitingFor != NOT_WAITING) {
      waitingFor += time.toNanos();
    }
    if (blockedFor != NOT_WAITING) {
      blockedFor += time.toNanos();
    }
  }

  /** Passes the given time and checks; returns the time until the next check. */
  private Duration checkAfter(Duration time) {
    pass(time);
    long delay = keepAlive.check();
    return delay == Recheck.NEVER ? Duration.ZERO : Duration.ofNanos(delay);
  }

  @Test
  void pingsInEachInterval() {
    assertThat(checkAfter(PING)).isEqualTo(PING);
    assertThat(checkAfter(PING)).isEqualTo(PING);
    assertThat(events).containsExactly("ping", "ping");
  }

  @Test
  void silenceOfAWaitingReadEndsTheConnection() {
    waitingFor = 0;
    assertThat(checkAfter(PING)).isEqualTo(PING);
    assertThat(checkAfter(PING)).isZero();
    assertThat(events).containsExactly("ping", "silent 10");
  }

  @Test
  void everyReceivedByteRestartsTheClock() {
    waitingFor = 0;
    for (int i = 0; i < 10; i++) {
      checkAfter(PING);
      waitingFor = 0; // a byte arrived
    }
    assertThat(events).hasSize(10).containsOnly("ping");
  }

  @Test
  void silenceDoesNotCountWhileNoReadWaits() {
    for (int i = 0; i < 10; i++) {
      checkAfter(PING);
    }
    assertThat(events).hasSize(10).containsOnly("ping");
  }

  @Test
  void silenceWithMuchOnTheWayIsJudgedByTheWriteTimeout() {
    waitingFor = 0;
    unacknowledged = (64 << 10) + 1;
    for (int i = 0; i < 23; i++) {
      assertThat(checkAfter(PING)).isPositive();
    }
    assertThat(checkAfter(PING)).isZero();
    assertThat(events.get(events.size() - 1)).isEqualTo("silent 120");
  }

  @Test
  void blockedWriteEndsTheConnectionAfterTheWriteTimeout() {
    blockedFor = 0;
    for (int i = 0; i < 23; i++) {
      assertThat(checkAfter(PING)).isPositive();
    }
    assertThat(checkAfter(PING)).isZero();
    assertThat(events.get(events.size() - 1)).isEqualTo("blocked 120");
  }

  @Test
  void suspendedProcessGetsAFreshStart() {
    waitingFor = 0;
    assertThat(checkAfter(Duration.ofHours(1))).isPositive();
    assertThat(events).containsExactly("ping");
    assertThat(checkAfter(PING)).isPositive();
    assertThat(checkAfter(PING)).isZero();
    assertThat(events).containsExactly("ping", "ping", "silent 10");
  }

  @Test
  void nextCheckIsDueWhenTheSilenceReachesItsLimit() {
    checkAfter(PING);
    checkAfter(PING);
    waitingFor = Duration.ofSeconds(6).toNanos();
    assertThat(checkAfter(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(3));
  }
}
