package io.github.devicetunnel.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalRequestsTest {
  private final SignalRequests requests = new SignalRequests();

  @Test
  void stopPrecedesEarlierReloads() throws Exception {
    for (int i = 0; i < 3; i++) {
      requests.requestReload();
    }
    requests.requestStop();

    assertThat(requests.awaitReload()).isFalse();
    assertThat(requests.stop()).isCompleted();
  }

  @Test
  void severalReloadsCountAsOne() throws Exception {
    for (int i = 0; i < 3; i++) {
      requests.requestReload();
    }
    assertThat(requests.awaitReload()).isTrue();

    CompletableFuture<Boolean> next = CompletableFuture.supplyAsync(this::await);
    requests.requestStop();
    assertThat(next.get(60, TimeUnit.SECONDS)).isFalse();
  }

  private boolean await() {
    try {
      return requests.awaitReload();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
