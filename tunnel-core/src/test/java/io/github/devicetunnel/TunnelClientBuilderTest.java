package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelClientBuilderTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  private static TunnelClient.Builder complete() {
    return TunnelClient.builder()
        .cloudUri("wss://cloud.example")
        .credentials(Credentials.apiKey("ak_1"))
        .deviceId(DEVICE)
        .serviceAddress("127.0.0.1:80");
  }

  private static String connection(String cloudUri, String service) {
    Target target = new Target(DEVICE, Target.checkServiceAddress(service));
    return CloudUri.parse(cloudUri).connection(target).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Application-ID",
        "Host",
        "Connection",
        "UPGRADE",
        "Sec-WebSocket-Key",
        "Content-Length"
      })
  void rejectsHeadersSetByLibrary(String name) {
    assertThatThrownBy(() -> complete().header(name, "s3cret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("header: " + name + " is set by the library and cannot be added");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "authorization"})
  void rejectsAuthorizationHeader(String name) {
    assertThatThrownBy(() -> complete().header(name, "Basic s3cret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "header: "
                + name
                + " carries the access key or token and cannot be repeated (RFC 9110 section"
                + " 11.6.2); for a server in front of the cloud, use another header or a client"
                + " certificate");
  }

  @Test
  void rejectsProxyAuthorizationHeader() {
    assertThatThrownBy(() -> complete().header("Proxy-Authorization", "Basic s3cret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "header: Proxy-Authorization is for a proxy; set the user name and password with"
                + " proxy(...)");
  }

  @Test
  void omitsHeaderValueFromErrorAboutName() {
    assertThatThrownBy(() -> complete().header("X-Front: Basic s3cret", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "header: the name must not have a colon, but is \"X-Front:...\"; pass the name and the"
                + " value separately");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sec-WebSocket-Protocol", "sec-websocket-protocol"})
  void rejectsSubprotocolHeader(String name) {
    assertThatThrownBy(() -> complete().header(name, "binary"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "header: " + name + " cannot be added as a header; offer names with subprotocol(...)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "b\u00ebta", "a\r\nHost: b", "a/b", "\"a\""})
  void rejectsMalformedSubprotocol(String name) {
    assertThatThrownBy(() -> complete().subprotocol("binary", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "subprotocol must be a token (RFC 9110 section 5.6.2) such as binary, but is \""
                + name.replaceAll("\\p{Cntrl}", "?").replaceAll("[^ -~]", "?")
                + "\"");
  }

  @Test
  void rejectsDuplicateSubprotocol() {
    assertThatThrownBy(() -> complete().subprotocol("binary", "chat", "binary"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("subprotocol must not repeat a name, but has \"binary\" twice; remove one");
  }

  @Test
  void rejectsZeroReusedConnectionTimeout() {
    assertThatThrownBy(() -> complete().reusedConnectionTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("reusedConnectionTimeout must be positive, but is 0 s");
  }

  private interface DurationSetter {
    TunnelClient.Builder set(TunnelClient.Builder builder, Duration value);
  }

  private static final Map<String, DurationSetter> DURATIONS =
      Map.of(
          "pingInterval", TunnelClient.Builder::pingInterval,
          "livenessTimeout", TunnelClient.Builder::livenessTimeout,
          "connectTimeout", TunnelClient.Builder::connectTimeout,
          "reusedConnectionTimeout", TunnelClient.Builder::reusedConnectionTimeout,
          "writeTimeout", TunnelClient.Builder::writeTimeout,
          "halfCloseTimeout", TunnelClient.Builder::halfCloseTimeout,
          "drainTimeout", TunnelClient.Builder::drainTimeout,
          "idleTimeout", TunnelClient.Builder::idleTimeout,
          "backoffWait", TunnelClient.Builder::backoffWait,
          "maxBackoff", TunnelClient.Builder::maxBackoff);

  @Test
  void rejectsShortestDuration() {
    Duration shortest = Duration.ofSeconds(Long.MIN_VALUE);
    DURATIONS.forEach(
        (name, setter) ->
            assertThatIllegalArgumentException()
                .isThrownBy(() -> setter.set(complete(), shortest))
                .withMessageStartingWith(name + " must ")
                .withMessageEndingWith(", but is -9223372036854775808 s"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().connectRetry(2, shortest))
        .withMessage("connectRetry: backoff must be positive, but is -9223372036854775808 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenSources.command(List.of("true"), shortest))
        .withMessage("timeout must be positive, but is -9223372036854775808 s");
  }

  @Test
  void rejectsPingIntervalOverOneDay() {
    assertThat(complete().pingInterval(Duration.ofDays(1))).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().pingInterval(Duration.ofDays(1).plusMillis(1)))
        .withMessage("pingInterval must be at most 86400 s (1 day), but is 86400.001 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().pingInterval(ChronoUnit.FOREVER.getDuration()))
        .withMessageEndingWith(", but is 9223372036854775807 s");
  }

  @Test
  void rejectsMalformedHeader() {
    assertThatThrownBy(() -> complete().header("a b", "s3cret"))
        .hasMessage("header: the name must be letters, digits and dashes, but is \"a b\"");
    assertThatThrownBy(() -> complete().header("", "s3cret")).hasMessageContaining("but is \"\"");
    assertThatThrownBy(() -> complete().header("X-Y", "s3cret\r\nHost: b"))
        .hasMessage("header: the value of X-Y must be printable ASCII");
  }

  @ParameterizedTest
  @CsvSource({
    "wss://cloud.example, https://cloud.example/",
    "wss://cloud.example/, https://cloud.example/",
    "WSS://cloud.example, https://cloud.example/",
    "ws://127.0.0.1:8080, http://127.0.0.1:8080/",
    "https://cloud.example:8443, https://cloud.example:8443/",
    "wss://cloud.example/edge, https://cloud.example/edge/",
    "wss://cloud.example/edge/, https://cloud.example/edge/",
    "wss://[::1]:1, https://[::1]:1/",
  })
  void appendsTunnelPathToBaseUri(String base, String expected) {
    assertThat(connection(base, "127.0.0.1:80"))
        .isEqualTo(expected + "v3/devices/" + DEVICE + "/services/127.0.0.1:80/connection");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:80, 127.0.0.1:80",
    "localhost:65535, localhost:65535",
    "my_service.lan:1, my_service.lan:1",
    "[::1]:80, %5B::1%5D:80",
    "[fe80::1%eth0]:80, %5Bfe80::1%25eth0%5D:80",
  })
  void encodesServiceAddressAsOnePathSegment(String address, String segment) {
    assertThat(connection("wss://h", address))
        .isEqualTo("https://h/v3/devices/" + DEVICE + "/services/" + segment + "/connection");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wss://h/v3/devices/017b7fddb124724840c1c7b800000000/services/127.0.0.1:80/connection",
        "wss://h/v3/devices/017B7FDDB124724840C1C7B800000000/services/127.0.0.1:80/connection/",
        "wss://h/v3/devices/017b7fddb124724840c1c7b800000000/services/127.0.0.1%3A80/connection",
      })
  void readsDeviceAndServiceFromTunnelUri(String url) {
    CloudUri parsed = CloudUri.parse(url);
    assertThat(parsed.base().toString()).isEqualTo("https://h/");
    assertThat(parsed.target()).isNotNull();
    assertThat(parsed.target().deviceId()).isEqualToIgnoringCase(DEVICE);
    assertThat(parsed.target().serviceAddress()).isEqualTo("127.0.0.1:80");
  }

  @Test
  void readsIpv6ServiceAndPathPrefixFromTunnelUri() {
    String url = "wss://h/edge/v3/devices/" + DEVICE + "/services/[::1]:80/connection";
    CloudUri parsed = CloudUri.parse(url);
    assertThat(parsed.target()).isEqualTo(new Target(DEVICE, "[::1]:80"));
    assertThat(parsed.connection(parsed.target()).toString())
        .isEqualTo("https://h/edge/v3/devices/" + DEVICE + "/services/%5B::1%5D:80/connection");
  }

  @ParameterizedTest
  @CsvSource({
    "cloud.example, has no scheme",
    "ftp://cloud.example, has the scheme ftp",
    "wss://, is malformed",
    "wss://cloud example, is malformed",
    "wss://cloud.example?x=1, has a query or a fragment",
    "wss://cloud.example/#x, has a query or a fragment",
    "wss://h/v3/devices/017b7fddb124724840c1c7b800000000/services/, has only a part of the",
    "wss://h/v3, has only a part of the path",
    "wss://h/v3/devices/1/services/127.0.0.1:80/connection, deviceId must be 32 hex digits",
    "wss://h/v3/devices/017b7fddb124724840c1c7b800000000/services/127.0.0.1/connection, serviceAdd",
  })
  void rejectsInvalidCloudUri(String url, String message) {
    assertThatThrownBy(() -> TunnelClient.builder().cloudUri(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void omitsPasswordFromCloudUriErrors() {
    for (String url : new String[] {"wss://user:secret@h", "user:secret@h", "ftp://u:secret@h"}) {
      assertThatThrownBy(() -> TunnelClient.builder().cloudUri(url))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "017b7fddb124724840c1c7b80000000",
        "017b7fddb124724840c1c7b8000000000",
        "017b7fddb124724840c1c7b80000000g",
        "017b7fddb124724840c1c7b800000000\n",
      })
  void rejectsInvalidDeviceId(String id) {
    assertThatThrownBy(() -> complete().deviceId(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("deviceId must be 32 hex digits")
        .hasMessageContaining(id.strip())
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, the port is missing",
    "127.0.0.1:, host or port is malformed",
    ":80, host or port is malformed",
    "127.0.0.1:0, the port is not from 1 to 65535",
    "127.0.0.1:65536, the port is not from 1 to 65535",
    "127.0.0.1:http, host or port is malformed",
    "a/b:80, host or port is malformed",
    "a b:80, host or port is malformed",
    "::1:80, an IPv6 address is not in brackets",
    "[::1], host or port is malformed",
    "[nonsense]:80, host or port is malformed",
  })
  void rejectsInvalidServiceAddress(String address, String reason) {
    assertThatThrownBy(() -> complete().serviceAddress(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("serviceAddress must be")
        .hasMessageContaining("\"" + address + "\"")
        .hasMessageEndingWith(reason);
  }

  @Test
  void rejectsInvalidDurations() {
    assertThatThrownBy(() -> complete().pingInterval(Duration.ofMillis(99)))
        .hasMessage("pingInterval must be 0 (no pings) or at least 0.1 s, but is 0.099 s");
    assertThatThrownBy(() -> complete().pingInterval(Duration.ofSeconds(-1)))
        .hasMessageContaining("-1 s");
    assertThatThrownBy(() -> complete().connectTimeout(Duration.ZERO))
        .hasMessage("connectTimeout must be positive, but is 0 s");
    assertThatThrownBy(() -> complete().drainTimeout(Duration.ofSeconds(-1)))
        .hasMessage("drainTimeout must not be negative, but is -1 s");
  }

  /** {@code System.getenv} returns null for a variable that is not set. */
  @Test
  @SuppressWarnings("NullAway") // the test passes null
  void namesNullSetting() {
    TunnelClient.Builder builder = TunnelClient.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.cloudUri((String) null))
        .withMessage("cloudUri is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.deviceId(null))
        .withMessage("deviceId is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.serviceAddress(null))
        .withMessage("serviceAddress is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Credentials.apiKey((String) null))
        .withMessage("apiKey is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Credentials.jwt("app", (String) null))
        .withMessage("token is missing");
  }

  @Test
  void namesMissingSetting() {
    TunnelClient.Builder builder = TunnelClient.builder();
    assertThatThrownBy(builder::build).hasMessage("cloudUri is missing");
    builder.cloudUri("wss://h");
    assertThatThrownBy(builder::build).hasMessage("credentials is missing");
    builder.credentials(Credentials.apiKey("ak_1"));
    builder.build().close(); // without a default target
    builder.deviceId(DEVICE);
    assertThatThrownBy(builder::build).hasMessage("serviceAddress is missing");
    builder.serviceAddress("127.0.0.1:80");
    builder.build().close();
    TunnelClient.Builder other =
        TunnelClient.builder().cloudUri("wss://h").credentials(Credentials.apiKey("ak_1"));
    other.serviceAddress("127.0.0.1:80");
    assertThatThrownBy(other::build).hasMessage("deviceId is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plant a", "plant/a", "\u00e4"})
  void rejectsInvalidName(String name) {
    assertThatThrownBy(() -> TunnelClient.builder().name(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "name must be 1 to 64 letters, digits, dots, hyphens and underscores, but is \""
                + Target.shown(name)
                + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws://cloud.example", "http://10.0.0.1", "ws://localhost.example"})
  void rejectsPlaintextToRemoteCloud(String uri) {
    assertThatThrownBy(() -> complete().cloudUri(uri).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use wss, or set allowPlaintext(true)");
    complete().cloudUri(uri).allowPlaintext(true).build().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ws://localhost:1", "ws://127.9.9.9", "ws://[::1]:1", "wss://far.example"})
  void acceptsPlaintextToThisMachine(String uri) {
    complete().cloudUri(uri).build().close();
  }

  @Test
  void toStringOmitsToken() {
    TunnelClient client =
        complete().credentials(Credentials.jwt("app", Jwt.of("{\"exp\":1}"))).build();
    assertThat(client.toString()).doesNotContain("eyJ").contains("wss://cloud.example/");
    client.close();
  }

  @Test
  void livenessTimeoutDefaultsToTwoPingIntervals() {
    Timeouts.Draft timeouts = new Timeouts.Draft(Timeouts.DEFAULTS);
    assertThat(timeouts.finish().liveness()).isEqualTo(Duration.ofSeconds(10));
    timeouts.pingInterval(Duration.ofSeconds(1));
    assertThat(timeouts.finish().liveness()).isEqualTo(Duration.ofSeconds(8));
    timeouts.pingInterval(Duration.ofSeconds(30));
    assertThat(timeouts.finish().liveness()).isEqualTo(Duration.ofMinutes(1));
    timeouts.livenessTimeout(Duration.ofSeconds(3));
    assertThat(timeouts.finish().liveness()).isEqualTo(Duration.ofSeconds(3));
  }
}
