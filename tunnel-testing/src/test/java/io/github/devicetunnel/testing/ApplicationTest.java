package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Opens tunnels with tokens of applications. */
final class ApplicationTest {
  private final List<String> checkedTargets = new ArrayList<>();
  private TunnelService service;

  @BeforeEach
  void start() throws IOException {
    service =
        TunnelService.builder()
            .application("any")
            .application(
                "strict",
                (token, target) -> {
                  checkedTargets.add(target.deviceId() + " " + target.ip() + " " + target.port());
                  switch (token.replaceFirst(".*\\.", "")) {
                    case "expired" -> throw RejectedException.unauthorized("The token has expired");
                    case "narrow" -> throw RejectedException.forbidden("Not for this port");
                    case "broken" -> throw new IllegalStateException("a defect of the test");
                    case "odd" ->
                        throw new RejectedException(Fault.reject(400).field("alg", "is HS256"));
                    default -> {}
                  }
                })
            .build()
            .start();
    service.device(DEVICE).onConnect(SERVICE, Clients::echo).onConnect("[::1]:8080", Clients::echo);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  /** Returns a token that never expires and has a word for the check as its signature. */
  private static Credentials jwt(String applicationId, String word) {
    return Credentials.jwt(applicationId, Clients.UNSIGNED + word);
  }

  private void open(Credentials credentials, String address) throws IOException {
    try (TunnelClient client =
        Clients.client(service).credentials(credentials).serviceAddress(address).build()) {
      client.open().close();
    }
  }

  private void assertRejected(Credentials credentials, int status, String type, String message) {
    assertThatThrownBy(() -> open(credentials, SERVICE))
        .isInstanceOfSatisfying(
            TunnelRejectedException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(status);
              assertThat(e.errorType()).isEqualTo(type);
            })
        .hasMessageContaining(message);
  }

  @Test
  void acceptsAnyTokenWithoutCheck() throws Exception {
    open(jwt("any", "whatever"), SERVICE);
    service.verify();
  }

  @Test
  void passesTargetToCheck() throws Exception {
    open(jwt("strict", "good"), SERVICE);
    open(jwt("strict", "good"), "[::1]:8080");

    assertThat(checkedTargets).containsExactly(DEVICE + " 127.0.0.1 80", DEVICE + " ::1 8080");
  }

  @Test
  void reportsRejectionOfCheck() {
    assertRejected(jwt("strict", "expired"), 401, "unauthorized", "The token has expired");
    assertRejected(jwt("strict", "narrow"), 403, "forbidden", "Not for this port");
    assertRejected(jwt("strict", "odd"), 400, "validation_error", "is HS256");
    service.verify();
  }

  @Test
  void rejectsUnknownApplicationAndUnknownKey() {
    assertRejected(jwt("other", "good"), 401, "unauthorized", "application");
    assertRejected(Credentials.apiKey("good"), 401, "unauthorized", "access key");
  }

  @Test
  void reportsExceptionOfCheck() {
    assertRejected(jwt("strict", "broken"), 500, "error", "IllegalStateException");
    assertThatThrownBy(service::verify).hasMessageContaining("a defect of the test");
  }

  @Test
  void rejectsInvalidSettings() {
    TunnelService.Builder builder = TunnelService.builder();

    assertThatThrownBy(() -> builder.application(" ")).hasMessage("applicationId is blank");
    assertThatThrownBy(() -> builder.application("a", null)).hasMessage("check is null");
  }
}
