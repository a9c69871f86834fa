package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests whether an exception reports that a retry may succeed, and the time of the retry. TLS
 * failures are in {@code TlsFailureTest}.
 */
final class RetryableTest {
  private static final String SERVICE = "127.0.0.1:80";

  @RegisterExtension final Leaks leaks = new Leaks();

  @ParameterizedTest
  @CsvSource({
    "200, false",
    "302, false",
    "400, false",
    "401, false",
    "403, false",
    "404, true",
    "405, false",
    "407, false",
    "408, true",
    "429, true",
    "500, true",
    "502, true",
    "503, true",
    "504, true"
  })
  void statusDeterminesRetry(int status, boolean retryable) throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.answering("HTTP/1.1 " + status + " X", "")) {
      TunnelException e = failure(cloud.client(SERVICE));
      assertThat(((TunnelRejectedException) e).statusCode()).isEqualTo(status);
      assertThat(e.isRetryable()).isEqualTo(retryable);
      assertThat(e.retryAfter()).isNull();
    }
  }

  @Test
  void invalidUpgradeIsNotRetryable() throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(connection.granted("Connection: Upgrade", "wrong"));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script)) {
      assertThat(failure(cloud.client(SERVICE)).isRetryable()).isFalse();
    }
  }

  static Stream<Arguments> reportsRetryAfterHeader() {
    String date = "Date: Fri, 06 Nov 2026 08:49:00 GMT\r\n";
    String inHalfAMinute = "Retry-After: Fri, 06 Nov 2026 08:49:30 GMT";
    Duration seconds30 = Duration.ofSeconds(30);
    Duration max = Duration.ofMinutes(5);
    return Stream.of(
        Arguments.of(503, "Retry-After: 30", seconds30),
        Arguments.of(429, "retry-after:   30  ", seconds30),
        Arguments.of(503, "Retry-After: 0", Duration.ZERO),
        Arguments.of(503, "Retry-After: 301", max),
        Arguments.of(503, "Retry-After: 99999999999999999999999", max),
        Arguments.of(503, date + inHalfAMinute, seconds30),
        Arguments.of(429, date + "Retry-After: Friday, 06-Nov-26 08:49:30 GMT", seconds30),
        Arguments.of(503, date + "Retry-After: Fri Nov  6 08:49:30 2026", seconds30),
        Arguments.of(503, date + "Retry-After: Fri, 06 Nov 2026 09:49:30 GMT", max),
        Arguments.of(503, "Retry-After: Fri, 06 Nov 2099 09:49:30 GMT", max),
        Arguments.of(503, date + "Retry-After: Fri, 06 Nov 2026 08:48:30 GMT", null),
        Arguments.of(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", null),
        Arguments.of(503, "Retry-After: -1", null),
        Arguments.of(503, "Retry-After: 1.5", null),
        Arguments.of(503, "Retry-After: soon", null),
        Arguments.of(503, "Retry-After:", null),
        Arguments.of(503, "X: y", null),
        Arguments.of(500, "Retry-After: 30", null),
        Arguments.of(404, "Retry-After: 30", null));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource
  void reportsRetryAfterHeader(int status, String headers, Duration expected) throws Exception {
    try (ScriptedCloud cloud =
        ScriptedCloud.answering("HTTP/1.1 " + status + " X\r\n" + headers, "")) {
      assertThat(failure(cloud.client(SERVICE)).retryAfter()).isEqualTo(expected);
    }
  }

  @Test
  void unreachableCloudIsRetryable() throws Exception {
    try (ClosedPort closedPort = new ClosedPort();
        TestingCloud cloud = TestingCloud.started()) {
      String address = closedPort.serviceAddress();
      assertThat(failure(cloud.client(SERVICE).cloudUri("ws://" + address)).isRetryable()).isTrue();
      assertThat(failure(cloud.client(SERVICE).cloudUri("wss://gateway.invalid")).isRetryable())
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void connectTimeoutIsRetryable(String scheme) throws Exception {
    try (Service silent = Service.started(Service::awaitEnd)) {
      TunnelClient.Builder builder =
          TunnelClient.builder()
              .cloudUri(scheme + "://localhost:" + silent.address().getPort())
              .credentials(Credentials.apiKey(Cloud.KEY))
              .deviceId(Cloud.DEVICE)
              .serviceAddress(SERVICE)
              .connectTimeout(Duration.ofMillis(200));
      assertThat(failure(builder).isRetryable()).isTrue();
    }
  }

  @Test
  void onlyIoErrorsOfTokenSourceAreRetryable() throws Exception {
    try (TestingCloud cloud = TestingCloud.started()) {
      assertThat(isRetryable(cloud, request -> null)).isFalse();
      assertThat(isRetryable(cloud, request -> Jwts.expired("5ecret"))).isFalse();
      assertThat(
              isRetryable(
                  cloud,
                  request -> {
                    throw new IOException("the vault is sealed");
                  }))
          .isTrue();
      assertThat(
              isRetryable(
                  cloud,
                  request -> {
                    throw new IllegalStateException("a defect");
                  }))
          .isFalse();
    }
  }

  private static boolean isRetryable(Cloud cloud, TokenSource source) {
    return failure(cloud.client(SERVICE).credentials(Credentials.jwt("app", source))).isRetryable();
  }

  static Stream<Arguments> closeCauses() {
    ScriptedCloud.Script reset = RawConnection::reset;
    ScriptedCloud.Script masked =
        connection -> connection.write(new byte[] {(byte) 0x82, (byte) 0x80});
    ScriptedCloud.Script closed1011 = connection -> connection.close(1011);
    ScriptedCloud.Script closed1008 = connection -> connection.close(1008);
    return Stream.of(
        Arguments.of("reset", reset, true),
        Arguments.of("protocol error", masked, false),
        Arguments.of("closed with 1011", closed1011, true),
        Arguments.of("closed with 1008", closed1008, false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("closeCauses")
  void closeCauseDeterminesRetry(String name, ScriptedCloud.Script end, boolean retryable)
      throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.write(connection.granted());
          end.play(connection);
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client(SERVICE).build();
        TunnelStream stream = client.open()) {
      TunnelException e =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(e.isRetryable()).isEqualTo(retryable);
    }
  }

  @Test
  void closeByApplicationIsNotRetryable() throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.acceptingAll(0);
        TunnelClient client = cloud.client(SERVICE).build()) {
      TunnelStream stream = client.open();
      stream.close();
      TunnelException e =
          catchThrowableOfType(TunnelException.class, () -> stream.inputStream().read());
      assertThat(e.isRetryable()).isFalse();
    }
  }

  private static TunnelException failure(TunnelClient.Builder builder) {
    try (TunnelClient client = builder.build()) {
      return catchThrowableOfType(TunnelException.class, client::open);
    }
  }
}
