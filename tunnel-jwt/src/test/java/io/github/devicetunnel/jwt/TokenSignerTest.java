package io.github.devicetunnel.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verifies signatures with the JDK, and checks which keys are rejected. */
final class TokenSignerTest {
  private static final TunnelClaims CLAIMS =
      TunnelClaims.expiring(Instant.ofEpochSecond(1640947429))
          .withDeviceId("017b7fddb124724840c1c7b800000000")
          .withServiceAddress("127.0.0.1:80");

  @ParameterizedTest
  @EnumSource
  void signatureVerifiesWithJdk(SigningAlgorithm algorithm) throws Exception {
    KeyPair keys = TestKeys.forAlgorithm(algorithm);

    String[] parts = TokenSigner.of(keys.getPrivate(), algorithm).sign(CLAIMS).split("\\.", -1);

    assertThat(parts).hasSize(3);
    assertThat(text(parts[0]))
        .isIn(
            "{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\"}",
            "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}");
    assertThat(text(parts[1]))
        .startsWith("{")
        .contains(
            "\"exp\":1640947429",
            "\"pelion.edge.tunnel.device_id\":\"017b7fddb124724840c1c7b800000000\"",
            "\"pelion.edge.tunnel.ip\":\"127.0.0.1\"",
            "\"pelion.edge.tunnel.port\":80")
        .hasSizeLessThan(160);
    Signature signature = Signature.getInstance(jdkName(algorithm));
    signature.initVerify(keys.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  private static String jdkName(SigningAlgorithm algorithm) {
    String bits = algorithm.name().substring(2);
    return algorithm.name().startsWith("RS")
        ? "SHA" + bits + "withRSA"
        : "SHA" + bits + "withECDSAinP1363Format";
  }

  private static String text(String part) {
    return new String(Base64.getUrlDecoder().decode(part), UTF_8);
  }

  @Test
  void omitsClaimsWithoutRestriction() throws Exception {
    String token =
        TokenSigner.of(TestKeys.P256.getPrivate())
            .sign(TunnelClaims.expiring(Instant.ofEpochSecond(1640947429)));

    assertThat(text(token.split("\\.", -1)[1])).isEqualTo("{\"exp\":1640947429}");
  }

  @Test
  void choosesAlgorithmForKey() {
    assertThat(TokenSigner.of(TestKeys.RSA.getPrivate()).algorithm())
        .isEqualTo(SigningAlgorithm.RS256);
    assertThat(TokenSigner.of(TestKeys.P256.getPrivate()).algorithm())
        .isEqualTo(SigningAlgorithm.ES256);
    assertThat(TokenSigner.of(TestKeys.P384.getPrivate()).algorithm())
        .isEqualTo(SigningAlgorithm.ES384);
    assertThat(TokenSigner.of(TestKeys.P521.getPrivate()).algorithm())
        .isEqualTo(SigningAlgorithm.ES512);
  }

  @Test
  void rejectsKeyThatDoesNotFitAlgorithm() {
    assertRejected(
        TestKeys.P384.getPrivate(),
        SigningAlgorithm.ES256,
        "algorithm ES256 requires an EC key on P-256, but the private key is an EC key on P-384;"
            + " use ES384");
    assertRejected(
        TestKeys.P256.getPrivate(),
        SigningAlgorithm.ES512,
        "algorithm ES512 requires an EC key on P-521, but the private key is an EC key on P-256;"
            + " use ES256");
    assertRejected(
        TestKeys.RSA.getPrivate(),
        SigningAlgorithm.ES256,
        "algorithm ES256 requires an EC key on P-256, but the private key is an RSA key of 2048"
            + " bits; use RS256");
    assertRejected(
        TestKeys.P521.getPrivate(),
        SigningAlgorithm.RS512,
        "algorithm RS512 requires an RSA key of at least 2048 bits, but the private key is an EC"
            + " key on P-521; use ES512");
  }

  private static void assertRejected(PrivateKey key, SigningAlgorithm algorithm, String message) {
    assertThatThrownBy(() -> TokenSigner.of(key, algorithm))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void rejectsUnsupportedKeys() {
    String prefix =
        "privateKey must be RSA of at least 2048 bits, or EC on P-256, P-384 or P-521, but is ";
    assertThatThrownBy(() -> TokenSigner.of(TestKeys.rsa(1024).getPrivate()))
        .hasMessage(prefix + "an RSA key of 1024 bits");
    assertThatThrownBy(() -> TokenSigner.of(TestKeys.generate("Ed25519", 255).getPrivate()))
        .hasMessage(prefix + "a key of the type EdDSA");
    assertThatThrownBy(() -> TokenSigner.of(TestKeys.generate("DSA", 2048).getPrivate()))
        .hasMessage(prefix + "a key of the type DSA");
    assertThatThrownBy(() -> TokenSigner.of(TestKeys.generate("RSASSA-PSS", 2048).getPrivate()))
        .hasMessage(prefix + "a key of the type RSASSA-PSS");
  }

  /** A key in a smart card is such a key. */
  @Test
  void requiresAlgorithmForOpaqueKey() {
    PrivateKey opaque =
        new PrivateKey() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getAlgorithm() {
            return "EC";
          }

          @Override
          public String getFormat() {
            return null;
          }

          @Override
          public byte[] getEncoded() {
            return null;
          }
        };

    assertThat(TokenSigner.of(opaque, SigningAlgorithm.ES384).algorithm())
        .isEqualTo(SigningAlgorithm.ES384);
    assertThatThrownBy(() -> TokenSigner.of(opaque))
        .hasMessage(
            "privateKey does not expose its curve; set the algorithm to ES256, ES384 or ES512");
  }

  @Test
  void parsesAlgorithmName() {
    assertThat(SigningAlgorithm.of("ES384")).isEqualTo(SigningAlgorithm.ES384);
    assertThatThrownBy(() -> SigningAlgorithm.of("HS256"))
        .hasMessage(
            "algorithm must be one of RS256, RS384, RS512, ES256, ES384, ES512, but is \"HS256\"");
    assertThatThrownBy(() -> SigningAlgorithm.of("none")).hasMessageEndingWith("is \"none\"");
    assertThatThrownBy(() -> SigningAlgorithm.of("rs256")).hasMessageEndingWith("is \"rs256\"");
  }

  @Test
  void rejectsClaimsWithoutExpiry() {
    assertThatThrownBy(
            () ->
                TokenSigner.of(TestKeys.P256.getPrivate())
                    .sign(new TunnelClaims(null, null, null, 80)))
        .hasMessage("claims have no expiresAt, which the cloud requires");
  }
}
