package io.github.devicetunnel.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Date;

/**
 * A signer of tokens with one private key. Immutable and thread-safe. To open tunnels, use {@link
 * JwtCredentials}, which signs tokens automatically.
 */
public final class TokenSigner {
  private final SigningAlgorithm algorithm;
  private final JWSSigner signer;

  private TokenSigner(PrivateKey key, SigningAlgorithm algorithm) {
    this.algorithm = algorithm;
    this.signer = signer(key, algorithm);
  }

  /**
   * Creates a signer with the default algorithm of a key: RS256 for RSA, otherwise the algorithm of
   * the key's curve.
   *
   * @param key an RSA key of at least 2048 bits, or an EC key on P-256, P-384 or P-521
   * @return the signer
   * @throws IllegalArgumentException if the key is not supported, or is an EC key that does not
   *     expose its curve
   */
  public static TokenSigner of(PrivateKey key) {
    KeyKind kind = KeyKind.of(key);
    SigningAlgorithm algorithm = kind.algorithm("privateKey");
    if (kind.type().equals("EC") && kind.hidden()) {
      throw new IllegalArgumentException(
          "privateKey does not expose its curve; set the algorithm to ES256, ES384 or ES512");
    }
    return new TokenSigner(key, algorithm);
  }

  /**
   * Creates a signer with a given algorithm.
   *
   * @param key an RSA key of at least 2048 bits, or an EC key on the curve of the algorithm
   * @param algorithm the signature algorithm
   * @return the signer
   * @throws IllegalArgumentException if the key does not fit the algorithm
   */
  public static TokenSigner of(PrivateKey key, SigningAlgorithm algorithm) {
    KeyKind.of(key).check(algorithm);
    return new TokenSigner(key, algorithm);
  }

  private static JWSSigner signer(PrivateKey key, SigningAlgorithm algorithm) {
    try {
      return algorithm.curve() == null
          ? new RSASSASigner(key)
          : new ECDSASigner(key, algorithm.curve());
    } catch (JOSEException e) {
      throw new IllegalArgumentException("privateKey cannot be used with " + algorithm, e);
    }
  }

  /** {@return the signature algorithm} */
  public SigningAlgorithm algorithm() {
    return algorithm;
  }

  /**
   * Signs a token.
   *
   * @param claims the claims, with an expiry
   * @return the token in compact serialization; it is a secret
   * @throws IllegalArgumentException if the claims have no expiry
   * @throws GeneralSecurityException if the key cannot sign, for example because its hardware token
   *     was removed
   */
  public String sign(TunnelClaims claims) throws GeneralSecurityException {
    if (claims.expiresAt() == null) {
      throw new IllegalArgumentException("claims have no expiresAt, which the cloud requires");
    }
    JWTClaimsSet set =
        new JWTClaimsSet.Builder()
            .expirationTime(Date.from(claims.expiresAt()))
            .claim(TunnelClaim.DEVICE_ID.claimName(), claims.deviceId())
            .claim(TunnelClaim.IP.claimName(), claims.ip())
            .claim(TunnelClaim.PORT.claimName(), claims.port())
            .build();
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(algorithm.jws()).type(JOSEObjectType.JWT).build(), set);
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new GeneralSecurityException("the token cannot be signed with " + algorithm, e);
    }
    return jwt.serialize();
  }

  @Override
  public String toString() {
    return "TokenSigner[" + algorithm + "]";
  }
}
