package io.github.devicetunnel.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A signature algorithm that the cloud accepts for tokens (RFC 7518 section 3.1). */
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
   * Returns the algorithm with a name, as used in the header of a token.
   *
   * @param name the name, such as {@code RS256}; case-sensitive
   * @return the algorithm
   * @throws IllegalArgumentException if the name is not supported, which includes {@code HS256} and
   *     {@code none}
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

  /** The curve of the keys; null for RSA. */
  @Nullable Curve curve() {
    return curveName == null ? null : Curve.parse(curveName);
  }

  /** A description of the keys that fit this algorithm, for messages. */
  String requiredKey() {
    return curveName == null
        ? "an RSA key of at least " + KeyKind.MIN_RSA_BITS + " bits"
        : "an EC key on " + curveName;
  }
}
