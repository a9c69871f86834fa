package io.github.devicetunnel.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Admission admission = new Admission(2);

  @Test
  void admitsUpToTheLimitAndThenInOrder() {
    Admission.Permit first = admission.request();
    Admission.Permit second = admission.request();
    Admission.Permit third = admission.request();
    Admission.Permit fourth = admission.request();
    assertThat(List.of(first, second)).allMatch(Admission.Permit::isAdmitted);
    assertThat(List.of(third, fourth)).noneMatch(Admission.Permit::isAdmitted);

    second.close();
    assertThat(third.isAdmitted()).isTrue();
    assertThat(fourth.isAdmitted()).isFalse();

    first.close();
    assertThat(fourth.isAdmitted()).isTrue();
  }

  @Test
  void closingTwiceFreesOnePlace() {
    Admission.Permit first = admission.request();
    Admission.Permit second = admission.request();
    Admission.Permit third = admission.request();
    Admission.Permit fourth = admission.request();

    first.close();
    first.close();

    assertThat(second.isAdmitted()).isTrue();
    assertThat(third.isAdmitted()).isTrue();
    assertThat(fourth.isAdmitted()).isFalse();
  }

  @Test
  void withdrawnRequestLosesItsPlaceInTheQueue() {
    Admission.Permit first = admission.request();
    Admission.Permit second = admission.request();
    Admission.Permit third = admission.request();
    Admission.Permit fourth = admission.request();

    third.withdraw();
    second.withdraw(); // admitted, so this has no effect
    first.close();

    assertThat(second.isAdmitted()).isTrue();
    assertThat(third.isAdmitted()).isFalse();
    assertThat(fourth.isAdmitted()).isTrue();
  }

  @Test
  void waitEndsWithAdmissionWithdrawalOrTimeout() throws Exception {
    Admission.Permit first = admission.request();
    assertThat(first.await(LONG_NANOS)).isTrue();
    Admission.Permit second = admission.request();
    Admission.Permit late = admission.request();
    assertThat(late.await(1)).isFalse();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Admission.Permit withdrawn = admission.request();
      Future<Boolean> admitted = threads.submit(() -> late.await(LONG_NANOS));
      Future<Boolean> left = threads.submit(() -> withdrawn.await(LONG_NANOS));
      withdrawn.withdraw();
      assertThat(left.get(60, TimeUnit.SECONDS)).isFalse();
      second.close();
      assertThat(admitted.get(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void neverAdmitsMoreThanTheLimitUnderLoad() throws Exception {
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(20);
    List<Future<Boolean>> all = new ArrayList<>();
    try {
      for (int i = 0; i < 2_000; i++) {
        boolean leaves = i % 7 == 0;
        all.add(
            threads.submit(
                () -> {
                  try (Admission.Permit permit = admission.request()) {
                    if (leaves) {
                      permit.withdraw();
                    }
                    if (!permit.await(LONG_NANOS)) {
                      return leaves;
                    }
                    most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    holders.decrementAndGet();
                    return true;
                  }
                }));
      }
      for (Future<Boolean> each : all) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most.get()).isBetween(1, 2);
    assertThat(List.of(admission.request(), admission.request()))
        .allMatch(Admission.Permit::isAdmitted);
  }
}
