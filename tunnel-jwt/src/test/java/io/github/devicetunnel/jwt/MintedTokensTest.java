package io.github.devicetunnel.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TokenRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tokens for dials: what they open, and how long they are given out. */
final class MintedTokensTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final Set<TunnelClaim> ALL = EnumSet.allOf(TunnelClaim.class);

  private final Time time = new Time();

  /** Which stands still until it is set. */
  private static final class Time extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    void pass(Duration duration) {
      now = now.plus(duration);
    }
  }

  private MintedTokens tokens(Set<TunnelClaim> restrictions) {
    TokenSigner signer = TokenSigner.of(TestKeys.P256.getPrivate());
    return new MintedTokens(signer, restrictions, Duration.ofSeconds(60), time);
  }

  private static String token(MintedTokens tokens, String address) throws IOException {
    return tokens.token(new TokenRequest(DEVICE, address, false));
  }

  private static TunnelClaims claims(MintedTokens tokens, String address) throws IOException {
    return TunnelToken.parse(token(tokens, address)).claims();
  }

  @Test
  void opensExactlyItsTunnelForAMinute() throws Exception {
    assertThat(claims(tokens(ALL), "127.0.0.1:80"))
        .isEqualTo(
            new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), DEVICE, "127.0.0.1", 80));
    assertThat(claims(tokens(ALL), "[::1]:8080"))
        .isEqualTo(new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), DEVICE, "::1", 8080));
  }

  @Test
  void isGivenOutForHalfOfItsTime() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String first = token(tokens, "127.0.0.1:80");

    time.pass(Duration.ofMillis(29_999));
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(first);

    time.pass(Duration.ofMillis(1));
    String second = token(tokens, "127.0.0.1:80");
    assertThat(second).isNotEqualTo(first);
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(second);
  }

  @Test
  void eachTunnelHasItsOwn() throws Exception {
    MintedTokens tokens = tokens(ALL);

    assertThat(claims(tokens, "127.0.0.1:80").port()).isEqualTo(80);
    assertThat(claims(tokens, "127.0.0.1:81").port()).isEqualTo(81);
  }

  @Test
  void afterARefusalThereIsAnother() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String refused = token(tokens, "127.0.0.1:80");

    String fresh = tokens.token(new TokenRequest(DEVICE, "127.0.0.1:80", true));

    assertThat(fresh).isNotEqualTo(refused);
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(fresh);
  }

  /** However many devices a client dials: what was forgotten is minted again. */
  @Test
  void remembersTheLatest() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String first = token(tokens, "127.0.0.1:1");
    String second = token(tokens, "127.0.0.1:2");
    for (int port = 3; port <= 1_001; port++) {
      assertThat(token(tokens, "127.0.0.1:1")).isEqualTo(first);
      token(tokens, "127.0.0.1:" + port);
    }

    assertThat(token(tokens, "127.0.0.1:1")).isEqualTo(first);
    assertThat(token(tokens, "127.0.0.1:2")).isNotEqualTo(second);
  }

  @Test
  void ofANameTheAddressIsNotKnown() throws Exception {
    TunnelClaims claims = claims(tokens(ALL), "localhost:80");

    assertThat(claims.ip()).isNull();
    assertThat(claims.deviceId()).isEqualTo(DEVICE);
    assertThat(claims.port()).isEqualTo(80);
  }

  @Test
  void restrictsAsItIsTold() throws Exception {
    assertThat(claims(tokens(Set.of(TunnelClaim.PORT)), "127.0.0.1:80"))
        .isEqualTo(new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), null, null, 80));
    assertThat(claims(tokens(Set.of()), "localhost:80").isUnrestricted()).isTrue();
  }

  @Test
  void aRestrictionIsNotLostAltogether() {
    assertThatThrownBy(() -> token(tokens(Set.of(TunnelClaim.IP)), "localhost:80"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "no token for 017b7fddb124724840c1c7b800000000/localhost:80: its host is a name, and a"
                + " token that is to be restricted to an ip alone would open everything");
  }

  @Test
  void wrongSettingsAreNamed() {
    JwtCredentials.Builder builder = JwtCredentials.builder();

    assertThatThrownBy(builder::build).hasMessage("applicationId is missing");
    assertThatThrownBy(() -> builder.applicationId("app").build())
        .hasMessage("privateKey is missing");
    assertThatThrownBy(() -> builder.lifetime(Duration.ofMillis(999)))
        .hasMessage("lifetime must be from 1 s to 365 days, but is 0.999 s");
    assertThatThrownBy(() -> builder.lifetime(Duration.ofSeconds(Long.MAX_VALUE)))
        .hasMessageStartingWith("lifetime must be from 1 s to 365 days, but is ");
    assertThatThrownBy(
            () ->
                builder
                    .privateKey(TestKeys.P256.getPrivate())
                    .algorithm(SigningAlgorithm.ES384)
                    .build())
        .hasMessageStartingWith("algorithm ES384 needs an EC key on P-384, but the private key is");
  }

  @Test
  void nothingSecretIsInATextOfThese() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String token = token(tokens, "127.0.0.1:80");
    String signature = token.substring(token.lastIndexOf('.') + 1);

    assertThat(tokens.toString()).isEqualTo("tokens signed with ES256 for 60 s");
    assertThat(TunnelToken.parse(token).toString()).doesNotContain(signature);
    assertThat(
            JwtCredentials.builder()
                .applicationId("app")
                .privateKey(TestKeys.P256.getPrivate())
                .build()
                .toString())
        .isEqualTo("Credentials[JWT of application app from a source]");
  }
}
