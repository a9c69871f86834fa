package io.github.devicetunnel.jwt;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * The readable part of a token, without the signature. The signature is the secret part of a token.
 *
 * @param algorithm the algorithm in the header, which the cloud may not accept
 * @param claims the claims
 */
public record TunnelToken(String algorithm, TunnelClaims claims) {

  /**
   * Parses a token without verifying its signature. Use {@link TokenVerifier} to verify it.
   *
   * @param token the token in compact serialization
   * @return the parsed token
   * @throws IllegalArgumentException if the token is not a signed JWT, or a claim has the wrong
   *     type
   */
  public static TunnelToken parse(String token) {
    return parse(signed(token));
  }

  static TunnelToken parse(SignedJWT jwt) {
    JWTClaimsSet claims = claims(jwt);
    Date expiry = claims.getExpirationTime();
    return new TunnelToken(
        jwt.getHeader().getAlgorithm().getName(),
        new TunnelClaims(
            expiry == null ? null : expiry.toInstant(),
            text(claims, TunnelClaim.DEVICE_ID),
            text(claims, TunnelClaim.IP),
            port(claims)));
  }

  /**
   * Parses a signed JWT. The cause is omitted from the exception: its message may quote a part of
   * the token.
   */
  static SignedJWT signed(String token) {
    try {
      return SignedJWT.parse(token);
    } catch (ParseException e) {
      throw new IllegalArgumentException("the token is not a signed JWT");
    }
  }

  private static JWTClaimsSet claims(SignedJWT jwt) {
    try {
      return jwt.getJWTClaimsSet();
    } catch (ParseException e) {
      throw new IllegalArgumentException("the claims of the token cannot be read");
    }
  }

  private static @Nullable String text(JWTClaimsSet claims, TunnelClaim claim) {
    Object value = claims.getClaim(claim.claimName());
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new IllegalArgumentException("the claim " + claim.claimName() + " is not a string");
  }

  private static @Nullable Integer port(JWTClaimsSet claims) {
    String name = TunnelClaim.PORT.claimName();
    Object value = claims.getClaim(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= 1
        && number.intValue() <= 65535) {
      return number.intValue();
    }
    throw new IllegalArgumentException("the claim " + name + " is not a number from 1 to 65535");
  }
}
