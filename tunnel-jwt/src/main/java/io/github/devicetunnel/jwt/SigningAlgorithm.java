package io.github.devicetunnel.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the service takes for the signature of a token (RFC 7518 section 3.1). */
public enum SigningAlgorithm {
  /** RSA with SHA-256. */
  RS256(null),
  /** RSA with SHA-384. */
  RS384(null),
  /** RSA with SHA-512. */
  RS512(null),
  /** ECDSA on the curve P-256 with SHA-256. */
  ES256("P-256"),
  /** ECDSA on the curve P-384 with SHA-384. */
  ES384("P-384"),
  /** ECDSA on the curve P-521 with SHA-512. */
  ES512("P-521");

  private final @Nullable String curveName;

  SigningAlgorithm(@Nullable String curveName) {
    this.curveName = curveName;
  }

  /**
   * The algorithm of a name, as it stands in the header of tokens.
   *
   * @param name such as {@code RS256}, in this case
   * @return the algorithm
   * @throws IllegalArgumentException for anything else, {@code HS256} and {@code none} too
   */
  public static SigningAlgorithm of(String name) {
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "algorithm must be one of " + names() + ", but is " + Text.quoted(name)));
  }

  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  JWSAlgorithm jws() {
    return JWSAlgorithm.parse(name());
  }

  /** The one that its keys are on; null for RSA. */
  @Nullable Curve curve() {
    return curveName == null ? null : Curve.parse(curveName);
  }

  /** What a key must be to be used with it. */
  String neededKey() {
    return curveName == null
        ? "an RSA key of at least " + KeyKind.LEAST_RSA_BITS + " bits"
        : "an EC key on " + curveName;
  }
}
