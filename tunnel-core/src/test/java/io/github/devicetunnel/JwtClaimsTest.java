package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the validation of a JWT's claims before the dial. */
class JwtClaimsTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final Instant NOW = Instant.ofEpochSecond(1_640_947_429);

  private static String defect(String claims, String device, String service) {
    JwtClaims read = JwtClaims.parse(Jwt.of(claims));
    assertThat(read).isNotNull();
    return read.defect(new Target(device, service), NOW);
  }

  private static String defect(String claims) {
    return defect(claims, DEVICE, "127.0.0.1:80");
  }

  private static String fresh(String furtherClaims) {
    return "{\"exp\":1640947430," + furtherClaims + "}";
  }

  /** The token in the documentation limits device and port, but not the address. */
  @Test
  void acceptsDocumentedTokenUntilOneMinuteAfterExpiry() {
    String claims =
        "{\"exp\":1640947429, \"pelion.edge.tunnel.device_id\":\"017b7fddb124724840c1c7b800000000\","
            + " \"pelion.edge.tunnel.port\":80}";
    JwtClaims read = JwtClaims.parse(Jwt.of(claims));
    assertThat(read).isNotNull();
    Target target = new Target(DEVICE, "10.1.2.3:80");
    assertThat(read.defect(target, NOW.plusSeconds(59))).isNull();
    assertThat(read.defect(target, NOW.plusSeconds(60)))
        .startsWith(
            "has expired: its claim exp is 1640947429 (2021-12-31T10:43:49Z), the current time is"
                + " 1640947489 (2021-12-31T10:44:49Z)");
  }

  @Test
  void rejectsTokenBeforeNbf() {
    assertThat(defect(fresh("\"nbf\":1640947489"))).isNull();
    assertThat(defect(fresh("\"nbf\":1640947490")))
        .startsWith(
            "is not valid yet: its claim nbf is 1640947490 (2021-12-31T10:44:50Z), the current time"
                + " is 1640947429 (2021-12-31T10:43:49Z)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"exp\":null}", "{\"exp\":\"\"}", "{\"nbf\":1,\"a\":{\"exp\":9}}"})
  void rejectsTokenWithoutExpiry(String claims) {
    assertThat(defect(claims)).startsWith("has no claim exp, which the cloud requires");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1640947430\"", "true", "[1640947430]"})
  void rejectsNonNumericExpiry(String value) {
    assertThat(defect("{\"exp\":" + value + "}"))
        .startsWith("has a claim exp that is not a number of seconds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1640947430.5", "1.640947430E9", "1640947430000", "1e999", "99999999999999999999"})
  void acceptsAnyNumberFormatForExpiry(String value) {
    assertThat(defect("{\"exp\":" + value + "}")).isNull();
  }

  @Test
  void reportsExtremeTimes() {
    assertThat(defect("{\"exp\":-1e999}")).startsWith("has expired: its claim exp is -1e999 (");
    assertThat(defect(fresh("\"nbf\":1e300")))
        .startsWith("is not valid yet: its claim nbf is 1e300 (");
  }

  @Test
  void rejectsTokenForAnotherDevice() {
    assertThat(
            defect(fresh("\"pelion.edge.tunnel.device_id\":\"017B7FDDB124724840C1C7B800000000\"")))
        .isNull();
    assertThat(
            defect(fresh("\"pelion.edge.tunnel.device_id\":\"017b7fddb124724840c1c7b8000000ff\"")))
        .startsWith(
            "was issued for device 017b7fddb124724840c1c7b8000000ff (claim"
                + " pelion.edge.tunnel.device_id), but the tunnel targets device "
                + DEVICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "80.0", "\"80\"", "null", "\"\""})
  void acceptsPortOfTarget(String port) {
    assertThat(defect(fresh("\"pelion.edge.tunnel.port\":" + port))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"8080, 8080", "\"http\", http", "0, 0", "[80], a structure"})
  void rejectsTokenForAnotherPort(String port, String shown) {
    assertThat(defect(fresh("\"pelion.edge.tunnel.port\":" + port)))
        .startsWith(
            "was issued for port "
                + shown
                + " (claim pelion.edge.tunnel.port), but the tunnel targets port 80");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:80",
    "::1, [::1]:80",
    "[::1], [0:0:0:0:0:0:0:1]:80",
    "FE80::1, [fe80::1%eth0]:80",
    "::ffff:10.0.0.1, 10.0.0.1:80",
    // Only the gateway can resolve a name.
    "127.0.0.1, localhost:80",
    "localhost, 127.0.0.1:80",
    "db.lan, cache.lan:80",
    "010.0.0.1, 8.0.0.1:80",
    "300.0.0.1, 10.0.0.1:80",
  })
  void acceptsAddressThatMayMatchTarget(String claim, String service) {
    assertThat(defect(fresh("\"pelion.edge.tunnel.ip\":\"" + claim + "\""), DEVICE, service))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.2, 127.0.0.1:80, 127.0.0.1",
    "::2, [::1]:80, ::1",
    "::1, 127.0.0.1:80, 127.0.0.1",
  })
  void rejectsTokenForAnotherAddress(String claim, String service, String targetHost) {
    assertThat(defect(fresh("\"pelion.edge.tunnel.ip\":\"" + claim + "\""), DEVICE, service))
        .startsWith(
            "was issued for address "
                + claim
                + " (claim pelion.edge.tunnel.ip), but the tunnel targets address "
                + targetHost);
  }

  @Test
  void shortensClaimToOneLine() {
    String device = "x\\n".repeat(1000);
    assertThat(defect(fresh("\"pelion.edge.tunnel.device_id\":\"" + device + "\"")))
        .doesNotContain("\n")
        .hasSizeLessThan(300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a.b",
        "a.b.c",
        "..",
        "a.e30.",
        ".e30.c",
        "a.e30.c.d",
        "a.W10.c",
        "a.e30x!.c",
        "a.eyJhIjox.c",
      })
  void returnsNullForMalformedJwt(String token) {
    assertThat(JwtClaims.parse(token)).isNull();
  }

  @Test
  void recognizesJwtByStructure() {
    assertThat(JwtClaims.isJwt(Jwt.of("{}"))).isTrue();
    assertThat(JwtClaims.isJwt("ak_1MDE.2.3")).isFalse();
    assertThat(JwtClaims.isJwt("")).isFalse();
  }
}
