package io.github.devicetunnel.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * A verifier of tokens, with the verification keys of one application. It applies the same checks
 * as the cloud. Immutable and thread-safe.
 */
public final class TokenVerifier {
  private final List<PublicKey> keys;

  private TokenVerifier(List<PublicKey> keys) {
    this.keys = keys;
  }

  /**
   * Creates a verifier that accepts tokens signed with any of the given keys.
   *
   * @param certificates the certificates with the keys; their validity periods are ignored. Without
   *     certificates, every token is rejected
   * @return the verifier
   */
  public static TokenVerifier of(Collection<VerificationCertificate> certificates) {
    return new TokenVerifier(
        certificates.stream().map(VerificationCertificate::publicKey).toList());
  }

  /**
   * Verifies the algorithm, the signature and the expiry of a token. It does not check the target;
   * see {@link TunnelClaims#conflictsWith}.
   *
   * @param token the token in compact serialization
   * @return the parsed token
   * @throws SignatureException if the token is not valid; the message contains the reason but not
   *     the token
   */
  public TunnelToken verify(String token) throws SignatureException {
    SignedJWT jwt = signed(token);
    String name = jwt.getHeader().getAlgorithm().getName();
    SigningAlgorithm algorithm = algorithm(name);
    if (keys.stream().noneMatch(key -> isSigned(jwt, algorithm, key))) {
      throw new SignatureException(
          "the token is not signed with a verification key of the application");
    }
    TunnelToken verified = read(jwt);
    Instant expiresAt = verified.claims().expiresAt();
    if (expiresAt == null) {
      throw new SignatureException("the token has no expiry (claim exp)");
    }
    if (!Instant.now().isBefore(expiresAt)) {
      throw new SignatureException("the token expired at " + expiresAt);
    }
    return verified;
  }

  private static SignedJWT signed(String token) throws SignatureException {
    try {
      return TunnelToken.signed(token);
    } catch (IllegalArgumentException e) {
      throw new SignatureException(e.getMessage());
    }
  }

  private static SigningAlgorithm algorithm(String name) throws SignatureException {
    try {
      return SigningAlgorithm.of(name);
    } catch (IllegalArgumentException e) {
      throw new SignatureException(
          "the token is signed with "
              + Text.quoted(name)
              + ", but must be signed with one of "
              + SigningAlgorithm.names());
    }
  }

  private static boolean isSigned(SignedJWT jwt, SigningAlgorithm algorithm, PublicKey key) {
    if (!KeyKind.of(key).fits(algorithm)) {
      return false;
    }
    try {
      JWSVerifier verifier =
          key instanceof RSAPublicKey rsa
              ? new RSASSAVerifier(rsa)
              : new ECDSAVerifier((ECPublicKey) key);
      return jwt.verify(verifier);
    } catch (JOSEException e) {
      return false;
    }
  }

  private static TunnelToken read(SignedJWT jwt) throws SignatureException {
    try {
      return TunnelToken.parse(jwt);
    } catch (IllegalArgumentException e) {
      throw new SignatureException(e.getMessage());
    }
  }
}
