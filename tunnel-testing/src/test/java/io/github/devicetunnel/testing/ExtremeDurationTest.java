package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Checks durations that exceed the nanoseconds or milliseconds of a long. */
final class ExtremeDurationTest {
  private static final Duration SHORTEST = Duration.ofSeconds(Long.MIN_VALUE);
  private static final Duration LONGEST = ChronoUnit.FOREVER.getDuration();

  private static TunnelService service() throws IOException {
    TunnelService service = Clients.service().pingInterval(LONGEST).build().start();
    service.device(Clients.DEVICE).onConnect(Clients.SERVICE, Clients::echo);
    return service;
  }

  @Test
  void rejectsShortestDuration() throws IOException {
    assertRejected("pingInterval", () -> TunnelService.builder().pingInterval(SHORTEST));
    assertRejected("delay", () -> Fault.delay(SHORTEST));
    assertRejected("delay", () -> Fault.none().delayed(SHORTEST));
    assertRejected("retryAfter", () -> Fault.reject(503).retryAfter(SHORTEST));
    try (FaultProxy proxy = FaultProxy.start("ws://127.0.0.1:1")) {
      assertRejected(
          "delay", () -> proxy.newConnectionFaults(Direction.TOWARD_CLIENT).delay(SHORTEST));
    }
    try (TunnelService service = service()) {
      assertThatThrownBy(() -> service.takeUpgrade(SHORTEST)).isInstanceOf(AssertionError.class);
    }
  }

  private static void assertRejected(String parameter, ThrowingCallable setter) {
    assertThatIllegalArgumentException()
        .isThrownBy(setter)
        .withMessage(parameter + " must not be negative, but is " + SHORTEST);
  }

  @Test
  void opensTunnelWithLongestPingInterval() throws Exception {
    try (TunnelService service = service();
        TunnelClient client = Clients.client(service).build();
        TunnelStream stream = client.open()) {
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');
      assertThat(service.takeUpgrade(LONGEST).status()).isEqualTo(101);
    }
  }

  @Test
  void rejectsWithLongestDelay() throws Exception {
    try (TunnelService service = service();
        TunnelClient client = Clients.client(service).build()) {
      service.faults().onNextConnect(Fault.reject(503).retryAfter(LONGEST));
      assertThatThrownBy(client::open).isInstanceOf(TunnelRejectedException.class);
    }
  }

  @Test
  void closesDuringLongestDelay() throws Exception {
    CompletableFuture<TunnelStream> opening;
    try (TunnelService service = service();
        TunnelClient client = Clients.client(service).build()) {
      service.faults().onNextConnect(Fault.delay(LONGEST).delayed(LONGEST));
      opening = client.openAsync();
      while (service.requestCount() == 0 && !opening.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(opening).isNotDone();
    }
    assertThatThrownBy(() -> opening.get(60, TimeUnit.SECONDS)).isNotNull();
  }
}
