package io.github.devicetunnel.jwt;

import com.nimbusds.jose.jwk.Curve;
import java.security.Key;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a key that determine which algorithms can use it. A private key on a smart card
 * or HSM may not expose its parameters. Its length or curve is then assumed to be sufficient.
 *
 * @param type RSA, EC, or an unsupported type
 * @param bits the length of the RSA modulus; 0 if the key is not RSA or does not expose it
 * @param curve the curve; null if the key is not EC, the curve is unknown, or the key does not
 *     expose it
 * @param hidden whether the key does not expose its parameters
 */
record KeyKind(String type, int bits, @Nullable Curve curve, boolean hidden) {
  static final int MIN_RSA_BITS = 2048;

  static final String USABLE =
      "RSA of at least " + MIN_RSA_BITS + " bits, or EC on P-256, P-384 or P-521";

  static KeyKind of(Key key) {
    // Some providers other than the JDK's call EC keys "ECDSA".
    String type = key.getAlgorithm().equals("ECDSA") ? "EC" : key.getAlgorithm();
    if (key instanceof RSAKey rsa) {
      return new KeyKind(type, rsa.getModulus().bitLength(), null, false);
    }
    if (key instanceof ECKey ec) {
      return new KeyKind("EC", 0, Curve.forECParameterSpec(ec.getParams()), false);
    }
    return new KeyKind(type, 0, null, key instanceof PrivateKey);
  }

  boolean fits(SigningAlgorithm algorithm) {
    if (algorithm.curve() == null) {
      return type.equals("RSA") && (hidden || bits >= MIN_RSA_BITS);
    }
    return type.equals("EC") && (hidden || algorithm.curve().equals(curve));
  }

  boolean isUsable() {
    return Arrays.stream(SigningAlgorithm.values()).anyMatch(this::fits);
  }

  /**
   * Returns the first algorithm that fits the key: RS256, or the algorithm of the curve.
   *
   * @param parameter the name of the parameter that holds the key, for the message
   * @throws IllegalArgumentException if no algorithm fits
   */
  SigningAlgorithm algorithm(String parameter) {
    return Arrays.stream(SigningAlgorithm.values())
        .filter(this::fits)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    parameter + " must be " + USABLE + ", but is " + this));
  }

  /** Throws {@link IllegalArgumentException} if the private key does not fit an algorithm. */
  void check(SigningAlgorithm algorithm) {
    SigningAlgorithm usual = algorithm("privateKey");
    if (!fits(algorithm)) {
      throw new IllegalArgumentException(
          "algorithm "
              + algorithm
              + " requires "
              + algorithm.requiredKey()
              + ", but the private key is "
              + this
              + "; use "
              + usual);
    }
  }

  @Override
  public String toString() {
    return switch (type) {
      case "RSA" -> "an RSA key" + (bits == 0 ? "" : " of " + bits + " bits");
      case "EC" ->
          "an EC key"
              + (hidden ? "" : " on " + (curve == null ? "another curve" : curve.getName()));
      default -> "a key of the type " + type;
    };
  }
}
