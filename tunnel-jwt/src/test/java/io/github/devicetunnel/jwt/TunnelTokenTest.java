package io.github.devicetunnel.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Target;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the parsing of tokens, and the match of claims and target. */
final class TunnelTokenTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";

  private static TunnelToken parse(String claims) {
    return TunnelToken.parse(part("{\"alg\":\"HS256\"}") + "." + part(claims) + ".c2VjcmV0");
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }

  @Test
  void readsDocumentedToken() {
    TunnelToken token =
        parse(
            "{\"exp\":1640947429, \"pelion.edge.tunnel.device_id\":\""
                + DEVICE
                + "\", \"pelion.edge.tunnel.port\":80}");

    assertThat(token.algorithm()).isEqualTo("HS256");
    assertThat(token.claims())
        .isEqualTo(new TunnelClaims(Instant.ofEpochSecond(1640947429), DEVICE, null, 80));
    assertThat(token.toString()).doesNotContain("c2VjcmV0");
  }

  @Test
  void readsTokenWithoutClaims() {
    assertThat(parse("{}").claims()).isEqualTo(new TunnelClaims(null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ak_secret", "a.b.c", "a.b", "eyJhbGciOiJub25lIn0.e30."})
  void rejectsMalformedTokenWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> TunnelToken.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the token is not a signed JWT")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'{\"exp\":\"soon\"}', the claims of the token cannot be read",
        "'7', the claims of the token cannot be read",
        "'{\"pelion.edge.tunnel.device_id\":7}',"
            + " the claim pelion.edge.tunnel.device_id is not a string",
        "'{\"pelion.edge.tunnel.ip\":[]}', the claim pelion.edge.tunnel.ip is not a string",
        "'{\"pelion.edge.tunnel.port\":\"80\"}',"
            + " the claim pelion.edge.tunnel.port is not a number from 1 to 65535",
        "'{\"pelion.edge.tunnel.port\":80.5}',"
            + " the claim pelion.edge.tunnel.port is not a number from 1 to 65535",
        "'{\"pelion.edge.tunnel.port\":65536}',"
            + " the claim pelion.edge.tunnel.port is not a number from 1 to 65535"
      })
  void rejectsClaimOfWrongType(String claims, String message) {
    assertThatThrownBy(() -> parse(claims)).hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:80, true",
    "127.0.0.1, 127.0.0.2:80, false",
    "127.0.0.1, localhost:80, false",
    "localhost, localhost:80, true",
    "::1, [::1]:80, true",
    "0:0:0:0:0:0:0:1, [::1]:80, true",
    "FE80::A, [fe80::a]:80, true",
    "::2, [::1]:80, false"
  })
  void comparesAddressesByValue(String ip, String address, boolean opens) {
    TunnelClaims claims = new TunnelClaims(Instant.MAX, null, ip, null);

    assertThat(claims.conflictsWith(new Target(DEVICE, address)).isEmpty()).isEqualTo(opens);
  }

  @Test
  void listsAllConflictingClaims() {
    TunnelClaims claims =
        TunnelClaims.expiring(Instant.MAX)
            .withDeviceId(DEVICE.toUpperCase(java.util.Locale.ROOT))
            .withServiceAddress("127.0.0.1:80");

    assertThat(claims.conflictsWith(new Target(DEVICE, "127.0.0.1:80"))).isEmpty();
    assertThat(claims.conflictsWith(new Target(DEVICE, "127.0.0.2:81")))
        .containsExactly(TunnelClaim.IP, TunnelClaim.PORT);
    assertThat(claims.conflictsWith(new Target("f".repeat(32), "127.0.0.1:80")))
        .containsExactly(TunnelClaim.DEVICE_ID);
  }

  @Test
  void validatesClaims() {
    TunnelClaims claims = TunnelClaims.expiring(Instant.MAX);

    assertThatThrownBy(() -> claims.withDeviceId("abc")).hasMessageStartingWith("deviceId must be");
    assertThatThrownBy(() -> claims.withServiceAddress("127.0.0.1"))
        .hasMessageContaining("the port is missing");
    assertThat(claims.withServiceAddress("localhost:80").ip()).isNull();
  }
}
