package io.github.devicetunnel.testing;

import io.github.devicetunnel.jwt.TokenVerifier;
import io.github.devicetunnel.jwt.TunnelClaim;
import io.github.devicetunnel.jwt.TunnelToken;
import io.github.devicetunnel.jwt.VerificationCertificate;
import java.security.SignatureException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A token check like that of the cloud: accepts tokens that are signed with one of the
 * application's verification keys.
 */
final class VerificationKeyCheck implements TokenCheck {
  private final List<VerificationCertificate> keys = new CopyOnWriteArrayList<>();

  void add(VerificationCertificate key) {
    keys.add(key);
  }

  @Override
  public void check(String token, Target target) throws RejectedException {
    List<TunnelClaim> conflicts =
        verify(token).claims().conflictsWith(target.deviceId(), target.ip(), target.port());
    if (!conflicts.isEmpty()) {
      throw RejectedException.forbidden(
          "The token was issued for another target: "
              + conflicts.stream().map(TunnelClaim::claimName).collect(Collectors.joining(", ")));
    }
  }

  private TunnelToken verify(String token) throws RejectedException {
    try {
      return TokenVerifier.of(keys).verify(token);
    } catch (SignatureException e) {
      throw RejectedException.unauthorized("Not authenticated: " + e.getMessage());
    }
  }
}
