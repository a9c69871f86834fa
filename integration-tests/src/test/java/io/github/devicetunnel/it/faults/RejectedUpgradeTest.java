package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.TunnelService;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests upgrades that the cloud rejects: the client sends one request, and the exception holds the
 * answer.
 */
final class RejectedUpgradeTest {
  private static final String SERVICE = "127.0.0.1:80";

  @RegisterExtension final Leaks leaks = new Leaks();

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 500})
  void parsesJsonErrorOfService(int status) throws Exception {
    String body =
        """
        {"object": "error", "code": %d, "type": "some_type", "message": "In words",
         "request_id": "0161991d63150242ac12000600000000",
         "fields": [{"name": "address", "message": "is odd"}]}
        """
            .formatted(status);
    TunnelRejectedException e =
        rejection("HTTP/1.1 " + status + " Whatever\r\nContent-Type: application/json", body);

    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e.errorType()).isEqualTo("some_type");
    assertThat(e.serviceMessage()).contains("In words");
    assertThat(e.requestId()).isEqualTo("0161991d63150242ac12000600000000");
    assertThat(e)
        .hasMessageContaining(String.valueOf(status))
        .hasMessageContaining("some_type")
        .hasMessageContaining("In words")
        .hasMessageContaining("address: is odd")
        .hasMessageContaining("0161991d63150242ac12000600000000");
    assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.REJECTED);
  }

  static Stream<Arguments> proxyAnswers() {
    String html =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>Oh</h1></body></html>";
    return Stream.of(
        Arguments.of(
            502, "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html", html, "502, Bad Gateway"),
        Arguments.of(
            302,
            "HTTP/1.1 302 Found\r\nLocation: https://login.example.com/",
            "",
            "https://login.example.com/"),
        Arguments.of(401, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"", "", "401"),
        Arguments.of(407, "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"", "", "407"),
        Arguments.of(408, "HTTP/1.1 408 Request Timeout", "", "408"),
        Arguments.of(421, "HTTP/1.1 421 Misdirected Request", "", "421"),
        Arguments.of(503, "HTTP/1.1 503 Busy\r\nRetry-After: 0", "", "503"),
        Arguments.of(200, "HTTP/1.1 200 OK\r\nContent-Type: text/html", html, "200"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("proxyAnswers")
  void reportsProxyAnswer(int status, String head, String body, String text) throws Exception {
    TunnelRejectedException e = rejection(head, body);

    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e).hasMessageContaining(text).hasMessageNotContaining("<");
  }

  private static final String NASTY =
      "\u001b]0;owned\u0007\u009b2J\u202egnp\u2066.exe\u2028WARN forged\u200d" + "x".repeat(3000);

  /** Returns whether the message repeats the text, and the head and the body of the answer. */
  static Stream<Arguments> nastyAnswers() {
    String escaped = NASTY.replace("\u001b", "\\u001b").replace("\u0007", "\\u0007");
    String json = "{\"type\":\"T\",\"message\":\"T\",\"request_id\":\"T\"}".replace("T", escaped);
    return Stream.of(
        Arguments.of(false, "HTTP/1.1 403 " + NASTY, ""),
        Arguments.of(
            true, "HTTP/1.1 403 No\r\nContent-Type: text/html", "<title>" + NASTY + "</title>"),
        Arguments.of(true, "HTTP/1.1 403 No\r\nContent-Type: text/plain", NASTY + "\nWARN forged"),
        Arguments.of(true, "HTTP/1.1 403 No\r\nContent-Type: application/json", json),
        Arguments.of(true, "HTTP/1.1 302 Found\r\nLocation: https://x/" + NASTY, ""),
        Arguments.of(
            true,
            "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: " + NASTY.replace("\u0007", ""),
            ""));
  }

  /** Control characters could forge log lines or send escape sequences to a terminal. */
  @ParameterizedTest
  @MethodSource("nastyAnswers")
  void removesControlCharactersFromAnswer(boolean repeated, String head, String body)
      throws Exception {
    TunnelRejectedException e = rejection(head, body);

    for (String text :
        new String[] {
          e.getMessage(), e.reason().message(), e.errorType(), e.serviceMessage(), e.requestId()
        }) {
      if (text != null) {
        assertThat(text)
            .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]")
            .hasSizeLessThan(1100);
      }
    }
    assertThat(e.getMessage().contains("x".repeat(50))).isEqualTo(repeated);
  }

  @Test
  void rejectsWrongAcceptKey() throws Exception {
    ScriptedCloud.Script script =
        connection ->
            connection.write(
                connection.granted("Connection: Upgrade", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));

    TunnelRejectedException e = rejection(script);

    assertThat(e.statusCode()).isEqualTo(101);
    assertThat(e).hasMessageContaining("Sec-WebSocket-Accept");
  }

  @Test
  void reportsRejectionByTestService() throws Exception {
    String device = "ffffffffffffffffffffffffffffffff";
    TunnelService.Builder service = TestingCloud.builder().apiKey("ak_narrow", device);
    try (TestingCloud cloud = TestingCloud.started(service);
        ClosedPort closedPort = new ClosedPort()) {
      assertThat(rejection(cloud.client("gateway.lan:80"), 400).serviceMessage())
          .contains("must be ip:port or localhost:port");
      assertThat(rejection(withKey(cloud, "ak_unknown"), 401)).hasMessageContaining("not known");
      assertThat(rejection(withKey(cloud, "ak_narrow"), 403).errorType()).isEqualTo("forbidden");
      assertThat(rejection(cloud.client(SERVICE).deviceId(device), 404))
          .hasMessageContaining("not connected");
      assertThat(rejection(cloud.client(closedPort.serviceAddress()), 404))
          .hasMessageContaining("refused");
      assertThat(cloud.service().requestCount()).isEqualTo(5);
    }
  }

  private static TunnelClient.Builder withKey(Cloud cloud, String key) {
    return cloud.client(SERVICE).credentials(Credentials.apiKey(key));
  }

  private static TunnelRejectedException rejection(TunnelClient.Builder builder, int status) {
    TunnelRejectedException e = open(builder);
    assertThat(e.statusCode()).isEqualTo(status);
    return e;
  }

  private static TunnelRejectedException rejection(String head, String body) throws Exception {
    return rejection(connection -> connection.answer(head, body));
  }

  /** Dials a cloud that plays a script, and checks that the client sends one request. */
  private static TunnelRejectedException rejection(ScriptedCloud.Script script) throws Exception {
    ScriptedCloud.Script withEnd =
        connection -> {
          script.play(connection);
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(withEnd)) {
      TunnelRejectedException e = open(cloud.client(SERVICE));
      cloud.assertPlayed();
      assertThat(cloud.requests()).isEqualTo(1);
      return e;
    }
  }

  private static TunnelRejectedException open(TunnelClient.Builder builder) {
    try (TunnelClient client = builder.build()) {
      return catchThrowableOfType(TunnelRejectedException.class, client::open);
    }
  }
}
