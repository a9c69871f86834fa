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
 * Checks tokens as the service does, with the keys of one application. Immutable; from any thread.
 */
public final class TokenVerifier {
  private final List<PublicKey> keys;

  private TokenVerifier(List<PublicKey> keys) {
    this.keys = keys;
  }

  /**
   * A verifier that takes what one of several keys has signed.
   *
   * @param certificates those with the keys; none takes nothing. Whether they have expired does not
   *     matter
   * @return the verifier
   */
  public static TokenVerifier of(Collection<VerificationCertificate> certificates) {
    return new TokenVerifier(
        certificates.stream().map(VerificationCertificate::publicKey).toList());
  }

  /**
   * Checks the algorithm, the signature and the expiry. Which tunnels the token opens is another
   * question: {@link TunnelClaims#conflictsWith}.
   *
   * @param token as it is sent
   * @return what it says
   * @throws SignatureException when it proves nothing; the message says why, without the token
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
      throw new SignatureException("the token has no claim exp, which says when it expires");
    }
    if (!Instant.now().isBefore(expiresAt)) {
      throw new SignatureException("the token has expired at " + expiresAt);
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
              + ", which is none of "
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
