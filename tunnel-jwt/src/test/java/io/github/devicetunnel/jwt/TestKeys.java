package io.github.devicetunnel.jwt;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** Key pairs that the JDK generates. */
final class TestKeys {
  /** Generated once, because RSA key generation is slow. */
  static final KeyPair RSA = rsa(2048);

  static final KeyPair P256 = ec("secp256r1");
  static final KeyPair P384 = ec("secp384r1");
  static final KeyPair P521 = ec("secp521r1");

  private TestKeys() {}

  static KeyPair rsa(int bits) {
    return generate("RSA", bits);
  }

  static KeyPair generate(String type, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair forAlgorithm(SigningAlgorithm algorithm) {
    return switch (algorithm) {
      case RS256, RS384, RS512 -> RSA;
      case ES256 -> P256;
      case ES384 -> P384;
      case ES512 -> P521;
    };
  }
}
