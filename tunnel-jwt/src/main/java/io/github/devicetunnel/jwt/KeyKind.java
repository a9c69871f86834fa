package io.github.devicetunnel.jwt;

import com.nimbusds.jose.jwk.Curve;
import java.security.Key;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a key is, as far as it decides on the algorithms that it can be used with. A private key
 * that does not show its numbers, in a smart card or an HSM, is trusted to be long enough, or on
 * the right curve.
 *
 * @param type RSA, EC, or what cannot be used
 * @param bits of RSA's modulus; 0 when it is not RSA, or does not show it
 * @param curve null when it is not EC, is not known, or does not show it
 * @param hidden whether it does not show its numbers
 */
record KeyKind(String type, int bits, @Nullable Curve curve, boolean hidden) {
  static final int LEAST_RSA_BITS = 2048;

  static final String USABLE =
      "RSA of at least " + LEAST_RSA_BITS + " bits, or EC on P-256, P-384 or P-521";

  static KeyKind of(Key key) {
    // Other providers than the JDK's have their own word for it.
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
      return type.equals("RSA") && (hidden || bits >= LEAST_RSA_BITS);
    }
    return type.equals("EC") && (hidden || algorithm.curve().equals(curve));
  }

  boolean isUsable() {
    return Arrays.stream(SigningAlgorithm.values()).anyMatch(this::fits);
  }

  /**
   * The first algorithm that it fits: RS256, or the one of its curve.
   *
   * @param parameter whose key it is, for the message
   * @throws IllegalArgumentException when it fits none
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

  /** Throws when a private key cannot be used with an algorithm. */
  void check(SigningAlgorithm algorithm) {
    SigningAlgorithm usual = algorithm("privateKey");
    if (!fits(algorithm)) {
      throw new IllegalArgumentException(
          "algorithm "
              + algorithm
              + " needs "
              + algorithm.neededKey()
              + ", but the private key is "
              + this
              + ", which fits "
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
