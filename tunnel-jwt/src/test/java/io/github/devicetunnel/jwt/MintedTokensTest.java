package io.github.devicetunnel.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Target;
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

/** Checks which targets a minted token opens, and how long the token is reused. */
final class MintedTokensTest {
  private static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  private static final Set<TunnelClaim> ALL = EnumSet.allOf(TunnelClaim.class);

  private final ManualClock clock = new ManualClock();

  /** Stands still until the test advances it. */
  private static final class ManualClock extends Clock {
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

    void advance(Duration duration) {
      now = now.plus(duration);
    }
  }

  private MintedTokens tokens(Set<TunnelClaim> restrictions) {
    TokenSigner signer = TokenSigner.of(TestKeys.P256.getPrivate());
    return new MintedTokens(signer, restrictions, Duration.ofSeconds(60), clock);
  }

  private static String token(MintedTokens tokens, String address) throws IOException {
    return tokens.token(new TokenRequest(new Target(DEVICE, address), false));
  }

  private static TunnelClaims claims(MintedTokens tokens, String address) throws IOException {
    return TunnelToken.parse(token(tokens, address)).claims();
  }

  @Test
  void limitsTokenToTargetAndLifetime() throws Exception {
    assertThat(claims(tokens(ALL), "127.0.0.1:80"))
        .isEqualTo(
            new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), DEVICE, "127.0.0.1", 80));
    assertThat(claims(tokens(ALL), "[::1]:8080"))
        .isEqualTo(new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), DEVICE, "::1", 8080));
  }

  @Test
  void reusesTokenForHalfOfItsLifetime() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String first = token(tokens, "127.0.0.1:80");

    clock.advance(Duration.ofMillis(29_999));
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(first);

    clock.advance(Duration.ofMillis(1));
    String second = token(tokens, "127.0.0.1:80");
    assertThat(second).isNotEqualTo(first);
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(second);
  }

  @Test
  void mintsTokenPerTarget() throws Exception {
    MintedTokens tokens = tokens(ALL);

    assertThat(claims(tokens, "127.0.0.1:80").port()).isEqualTo(80);
    assertThat(claims(tokens, "127.0.0.1:81").port()).isEqualTo(81);
  }

  @Test
  void mintsNewTokenAfterRejection() throws Exception {
    MintedTokens tokens = tokens(ALL);
    String rejected = token(tokens, "127.0.0.1:80");

    String fresh = tokens.token(new TokenRequest(new Target(DEVICE, "127.0.0.1:80"), true));

    assertThat(fresh).isNotEqualTo(rejected);
    assertThat(token(tokens, "127.0.0.1:80")).isEqualTo(fresh);
  }

  /** The cache is bounded. A token that was evicted is minted again. */
  @Test
  void cachesRecentlyUsedTokens() throws Exception {
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
  void omitsAddressClaimForHostName() throws Exception {
    TunnelClaims claims = claims(tokens(ALL), "localhost:80");

    assertThat(claims.ip()).isNull();
    assertThat(claims.deviceId()).isEqualTo(DEVICE);
    assertThat(claims.port()).isEqualTo(80);
  }

  @Test
  void appliesConfiguredRestrictions() throws Exception {
    assertThat(claims(tokens(Set.of(TunnelClaim.PORT)), "127.0.0.1:80"))
        .isEqualTo(new TunnelClaims(Instant.parse("2026-01-01T00:01:00Z"), null, null, 80));
    assertThat(claims(tokens(Set.of()), "localhost:80").isUnrestricted()).isTrue();
  }

  @Test
  void rejectsHostNameIfOnlyAddressIsRestricted() {
    assertThatThrownBy(() -> token(tokens(Set.of(TunnelClaim.IP)), "localhost:80"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "no token can be restricted to the host name of"
                + " 017b7fddb124724840c1c7b800000000/localhost:80, which only the gateway can"
                + " resolve; use an IP address, or restrict tokens to the device or port too");
  }

  @Test
  void rejectsInvalidSettings() {
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
        .hasMessageStartingWith(
            "algorithm ES384 requires an EC key on P-384, but the private key is");
  }

  @Test
  void toStringOmitsSecrets() throws Exception {
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
