package io.github.devicetunnel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Breakers.Failure;
import io.github.devicetunnel.Breakers.Pass;
import io.github.devicetunnel.Breakers.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakersTest {
  private static final CloudUri CLOUD = CloudUri.parse("wss://cloud.example");
  private static final Target ONE = new Target("017b7fddb124724840c1c7b800000000", "127.0.0.1:80");
  private static final Target TWO = new Target("017b7fddb124724840c1c7b8000000ff", "127.0.0.1:80");
  private static final String TOKEN = "ak_1";

  private static final Failure NOT_FOUND = new Failure(Scope.TARGET, true, "404", null, null);
  private static final Failure UNREACHABLE = new Failure(Scope.CLOUD, false, "refused", null, null);
  private static final Failure UNAUTHORIZED = new Failure(Scope.CLOUD, true, "401", null, TOKEN);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // overflows soon
  private final List<String> changes = new ArrayList<>();
  private final Breakers breakers =
      new Breakers(Duration.ofSeconds(30), now::get, () -> 1 - 0x1p-53, new Recorder());

  private final class Recorder implements Breakers.Observer {
    @Override
    public void opened(BackoffStats state) {
      changes.add("opened " + state.message() + " " + state.failures());
    }

    @Override
    public void closed(BackoffStats last, boolean afterSuccess) {
      changes.add((afterSuccess ? "closed " : "removed ") + last.message());
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private Pass enter(Target target) {
    return requireNonNull(tryEnter(target));
  }

  private Pass tryEnter(Target target) {
    return breakers.tryEnter(CLOUD, target, TOKEN);
  }

  private Duration waitFor(Target target) {
    return Duration.ofNanos(breakers.waitNanos(CLOUD, target, TOKEN));
  }

  private void fail(Target target, Failure failure) {
    try (Pass pass = enter(target)) {
      pass.failed(failure);
    }
  }

  @Test
  void firstFailureDelaysTheTargetAndNoOther() {
    assertThat(waitFor(ONE)).isZero();
    fail(ONE, NOT_FOUND);

    assertThat(waitFor(ONE)).isBetween(Duration.ofMillis(499), Duration.ofMillis(500));
    assertThat(tryEnter(ONE)).isNull();
    assertThat(waitFor(TWO)).isZero();
    assertThat(tryEnter(TWO)).isNotNull();
  }

  @Test
  void failureOfTheCloudDelaysAllTargets() {
    fail(ONE, UNREACHABLE);
    assertThat(tryEnter(TWO)).isNull();
    assertThat(breakers.stats())
        .singleElement()
        .satisfies(
            state -> {
              assertThat(state.target()).isNull();
              assertThat(state.cloudUri()).isEqualTo("wss://cloud.example/");
              assertThat(state.failures()).isEqualTo(1);
              assertThat(state.message()).isEqualTo("refused");
            });
  }

  @Test
  void halfOpenAdmitsOneProbe() {
    fail(ONE, NOT_FOUND);
    pass(Duration.ofMillis(500));

    Pass probe = enter(ONE);
    assertThat(tryEnter(ONE)).isNull();
    assertThat(waitFor(ONE)).isPositive();

    probe.succeeded();
    assertThat(changes).containsExactly("opened 404 1", "closed 404");
    assertThat(waitFor(ONE)).isZero();
    assertThat(breakers.stats()).isEmpty();
    assertThat(tryEnter(ONE)).isNotNull();
  }

  @Test
  void cancelledProbeLetsTheNextOneIn() {
    fail(ONE, NOT_FOUND);
    pass(Duration.ofMillis(500));
    enter(ONE).close();
    assertThat(tryEnter(ONE)).isNotNull();
  }

  @Test
  void delayDoublesUpToTheMaximum() {
    Duration expected = Duration.ofMillis(500);
    for (int i = 0; i < 12; i++) {
      fail(ONE, NOT_FOUND);
      assertThat(waitFor(ONE)).isBetween(expected.minusMillis(1), expected);
      pass(expected);
      expected = expected.multipliedBy(2);
      if (expected.compareTo(Duration.ofSeconds(30)) > 0) {
        expected = Duration.ofSeconds(30);
      }
    }
  }

  @Test
  void simultaneousFailuresCountAsOne() {
    Pass first = enter(ONE);
    Pass second = enter(ONE);
    first.failed(NOT_FOUND);
    second.failed(NOT_FOUND);
    assertThat(changes).containsExactly("opened 404 1");
    assertThat(breakers.stats()).singleElement().matches(state -> state.failures() == 1);
  }

  @Test
  void slowProbeLetsAnotherOneIn() {
    fail(ONE, UNREACHABLE);
    pass(Duration.ofMillis(500));
    Pass slow = enter(ONE);
    assertThat(tryEnter(TWO)).isNull();
    pass(Duration.ofSeconds(2));
    Pass second = enter(TWO);
    assertThat(tryEnter(TWO)).isNull();
    slow.close();
    assertThat(tryEnter(TWO)).isNull();
    second.succeeded();
    assertThat(tryEnter(ONE)).isNotNull();
  }

  @Test
  void retryAfterIsHonouredExactly() {
    fail(ONE, new Failure(Scope.TARGET, true, "503", Duration.ofSeconds(7), null));
    assertThat(waitFor(ONE)).isEqualTo(Duration.ofSeconds(7));
    pass(Duration.ofMillis(6_999));
    assertThat(tryEnter(ONE)).isNull();
    pass(Duration.ofMillis(1));
    assertThat(tryEnter(ONE)).isNotNull();
    assertThat(tryEnter(ONE)).isNull();
  }

  @Test
  void rejectedCredentialIsDelayedUntilItChanges() {
    fail(ONE, UNAUTHORIZED);
    assertThat(waitFor(TWO)).isEqualTo(Duration.ofSeconds(1));
    assertThat(breakers.waitNanos(CLOUD, TWO, "ak_2")).isZero();
    assertThat(breakers.tryEnter(CLOUD, TWO, "ak_2")).isNotNull();
  }

  @Test
  void rejectedTokenOfSourceIsRecognizedOnceItIsKnown() {
    fail(ONE, UNAUTHORIZED);
    try (Pass pass = requireNonNull(breakers.tryEnter(CLOUD, TWO, null))) {
      assertThat(pass.useToken(TOKEN)).isNotNull();
      assertThat(pass.useToken("fresh")).isNull();
    }
    pass(Duration.ofSeconds(1));
    try (Pass probe = requireNonNull(breakers.tryEnter(CLOUD, ONE, null));
        Pass other = requireNonNull(breakers.tryEnter(CLOUD, ONE, null))) {
      assertThat(probe.useToken(TOKEN)).isNull();
      assertThat(other.useToken(TOKEN)).isNotNull();
      assertThat(other.useToken("fresh")).isNull();
    }
  }

  @Test
  void cancelledProbeOfTokenLetsTheNextOneIn() {
    Pass early = requireNonNull(breakers.tryEnter(CLOUD, ONE, null));
    fail(TWO, UNAUTHORIZED);
    pass(Duration.ofSeconds(1));
    assertThat(early.useToken(TOKEN)).isNull();
    early.close();
    assertThat(tryEnter(ONE)).isNotNull();
  }

  @Test
  void tokensAreDelayedIndependently() {
    fail(ONE, UNAUTHORIZED);
    try (Pass pass = requireNonNull(breakers.tryEnter(CLOUD, TWO, "ak_2"))) {
      pass.failed(new Failure(Scope.CLOUD, true, "401 too", null, "ak_2"));
    }
    assertThat(tryEnter(ONE)).isNull();
    assertThat(breakers.tryEnter(CLOUD, ONE, "ak_2")).isNull();
    assertThat(breakers.tryEnter(CLOUD, ONE, "ak_3")).isNotNull();
  }

  @Test
  void otherTokenAtAnotherTargetDoesNotEndTheDelay() {
    fail(ONE, UNAUTHORIZED);
    requireNonNull(breakers.tryEnter(CLOUD, TWO, "ak_2")).succeeded();
    assertThat(tryEnter(ONE)).isNull();
    requireNonNull(breakers.tryEnter(CLOUD, ONE, "ak_2")).succeeded(); // it replaces the token
    assertThat(breakers.stats()).isEmpty();
    assertThat(changes).containsExactly("opened 401 1", "closed 401");
  }

  @Test
  void answerAboutATargetClosesTheBreakerOfTheCloud() {
    fail(ONE, UNREACHABLE);
    pass(Duration.ofMillis(500));
    fail(ONE, NOT_FOUND);
    assertThat(breakers.stats()).singleElement().matches(state -> ONE.equals(state.target()));
    assertThat(changes).containsExactly("opened refused 1", "closed refused", "opened 404 1");
    assertThat(tryEnter(TWO)).isNotNull();
  }

  @Test
  void zeroMaximumDisablesTheBreakers() {
    Breakers disabled = new Breakers(Duration.ZERO, now::get, () -> 0.5, new Recorder());
    requireNonNull(disabled.tryEnter(CLOUD, ONE, TOKEN)).failed(NOT_FOUND);
    assertThat(disabled.tryEnter(CLOUD, ONE, TOKEN)).isNotNull();
    assertThat(changes).isEmpty();
  }

  @Test
  void unusedBreakersAreRemoved() {
    fail(ONE, NOT_FOUND);
    pass(Duration.ofMinutes(11));
    fail(TWO, NOT_FOUND);
    assertThat(changes).containsExactly("opened 404 1", "removed 404", "opened 404 1");
    assertThat(breakers.stats()).singleElement().matches(state -> TWO.equals(state.target()));
  }
}
