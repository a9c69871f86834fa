package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSource;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EventLog;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a token that cannot open the tunnel is rejected before the dial. */
@ExtendWith(Leaks.class)
class TokenCheckTest {
  private static final String SERVICE = "127.0.0.1:80";
  private static final String OTHER_DEVICE = "017b7fddb124724840c1c7b8000000ff";

  private final EventLog log = new EventLog();
  private TunnelService cloud;

  @BeforeEach
  void startCloud() throws IOException {
    cloud = TunnelService.builder().application("app1").build().start();
    cloud.device(Cloud.DEVICE).onConnect(SERVICE, stream -> {}).onConnect("localhost:80", s -> {});
  }

  @AfterEach
  void stopCloud() {
    cloud.close();
  }

  private TunnelClient.Builder client(Credentials credentials) {
    return TunnelClient.builder()
        .cloudUri(cloud.uri())
        .credentials(credentials)
        .deviceId(Cloud.DEVICE)
        .serviceAddress(SERVICE)
        .addEventListener(log);
  }

  private static String claims(String more) {
    return Jwts.of("{\"exp\":99999999999," + more + "}", "secretsignature");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"nbf\":99999999998|is not valid yet: its claim nbf is 99999999998 (5138-11-16T09:46:38Z)",
        "\"pelion.edge.tunnel.device_id\":\""
            + OTHER_DEVICE
            + "\"|was issued for device "
            + OTHER_DEVICE
            + " (claim pelion.edge.tunnel.device_id), but the tunnel targets device "
            + Cloud.DEVICE,
        "\"pelion.edge.tunnel.ip\":\"10.0.0.1\"|was issued for address 10.0.0.1 (claim"
            + " pelion.edge.tunnel.ip), but the tunnel targets address 127.0.0.1",
        "\"pelion.edge.tunnel.port\":22|was issued for port 22 (claim pelion.edge.tunnel.port),"
            + " but the tunnel targets port 80",
      })
  void rejectsMismatchedTokenWithoutDialing(String claim, String text) {
    assertRejected(Credentials.jwt("app1", claims(claim)), text);
    assertRejected(Credentials.jwt("app1", request -> claims(claim)), text);
    assertThat(cloud.requestCount()).isZero();
  }

  @Test
  void rejectsExpiredToken() {
    assertRejected(Credentials.jwt("app1", Jwts.expired("x")), "has expired: its claim exp is ");
    assertRejected(Credentials.jwt("app1", Jwts.of("{\"a\":1}", "x")), "has no claim exp");
    assertThat(cloud.requestCount()).isZero();
  }

  private void assertRejected(Credentials credentials, String text) {
    // A retry cannot succeed, so the client must not wait for one.
    TunnelClient.Builder builder = client(credentials).connectRetry(3, Duration.ofHours(1));
    try (TunnelClient client = builder.build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
      assertThat(e)
          .hasMessageStartingWith(
              "cannot open a tunnel to " + Cloud.DEVICE + "/127.0.0.1:80: the token " + text);
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.TOKEN_REFUSED);
      assertThat(e.reason().endedBy()).isEqualTo(CloseReason.EndedBy.CLIENT);
      assertThat(client.stats().failed()).isEqualTo(1);
      TunnelException check = catchThrowableOfType(TunnelException.class, client::checkCredentials);
      assertThat(check.reason().kind()).isEqualTo(CloseReason.Kind.TOKEN_REFUSED);
      assertThat(withoutCurrentTime(check)).isEqualTo(withoutCurrentTime(e));
    }
  }

  /** A second may pass between two messages. */
  private static String withoutCurrentTime(TunnelException e) {
    return e.reason().message().replaceFirst("the current time is \\d+ \\(\\S+\\)", "");
  }

  @Test
  void listenerReportsReasonOfEveryConnection() throws Exception {
    Credentials credentials = Credentials.jwt("app1", Jwts.expired("x"));
    try (TunnelClient client = client(credentials).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      // The connection may end before the test sets the options of the socket.
      assertThatThrownBy(() -> useOnce(listener)).isInstanceOf(IOException.class);
      Await.until(() -> !log.reasons().isEmpty());
      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "dialFailed 1", "closed TOKEN_REFUSED");
      assertThat(log.reasons().get(0).message()).contains("has expired");
    }
    assertThat(cloud.requestCount()).isZero();
  }

  private static void useOnce(TunnelListener listener) throws IOException {
    try (Socket local = LocalEnd.connect(listener)) {
      assertThat(local.getInputStream().read()).isEqualTo(-1);
    }
  }

  /** A source may cache a token beyond its expiry. */
  @Test
  void requestsFreshTokenOnce() throws Exception {
    TokenSource source =
        request -> request.forceRefresh() ? Jwts.valid("fresh") : Jwts.expired("stale");
    try (TunnelClient client = client(Credentials.jwt("app1", source)).build()) {
      client.open().close();
      assertThat(log.onlyLines())
          .startsWith("dialStarted 1", "dialFailed 1", "retry 1 at once", "dialStarted 2");
    }
    assertThat(cloud.requestCount()).isEqualTo(1);
  }

  @Test
  void detectsWrongKindOfCredential() {
    try (TunnelClient client = client(Credentials.apiKey(r -> Jwts.valid("x"))).build()) {
      assertThatThrownBy(client::open)
          .hasMessageContaining(": the access key is a JWT, which requires an");
    }
    try (TunnelClient client = client(Credentials.jwt("app1", r -> "ak_secret")).build()) {
      assertThatThrownBy(client::open)
          .hasMessageContaining(": the token is an access key (ak_...), which");
    }
    assertThat(cloud.requestCount()).isZero();
  }

  @Test
  void leavesOtherClaimsToCloud() throws Exception {
    String token = claims("\"pelion.edge.tunnel.ip\":\"127.0.0.1\",\"pelion.edge.tunnel.port\":80");
    try (TunnelClient client =
        client(Credentials.jwt("app1", token)).serviceAddress("localhost:80").build()) {
      client.checkCredentials();
      assertThat(cloud.requestCount()).isZero();
      client.open().close();
    }
    assertThat(cloud.requestCount()).isEqualTo(1);
  }
}
