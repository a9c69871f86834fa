package io.github.devicetunnel.jwt;

import io.github.devicetunnel.Target;
import io.github.devicetunnel.TokenRequest;
import io.github.devicetunnel.TokenSource;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token source that mints one token per target and reuses it for the first half of its lifetime.
 * The second half covers slow dials and clock differences. Thread-safe. See
 * docs/rationale/credentials.md.
 */
final class MintedTokens implements TokenSource {
  private static final Logger LOG = LoggerFactory.getLogger(MintedTokens.class);

  /** Limits the memory of clients that connect to many devices. */
  private static final int MAX_KEPT = 1_000;

  private final TokenSigner signer;
  private final Set<TunnelClaim> restrictions;
  private final Duration lifetime;
  private final Clock clock;

  /** Cached tokens in access order, the least recently used first. Guarded by itself. */
  private final Map<Target, Minted> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** A cached token. Not a record, because {@code toString} would reveal the token. */
  private static final class Minted {
    final String token;
    final Instant staleAt;

    Minted(String token, Instant staleAt) {
      this.token = token;
      this.staleAt = staleAt;
    }
  }

  MintedTokens(TokenSigner signer, Set<TunnelClaim> restrictions, Duration lifetime, Clock clock) {
    this.signer = signer;
    this.restrictions = restrictions;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  @Override
  public String token(TokenRequest request) throws IOException {
    Target target = request.target();
    if (target == null) {
      throw new IOException(
          "a minted token is for one target, but the request is for the REST API, which requires an"
              + " access key; use Credentials.apiKey(...)");
    }
    Instant now = clock.instant();
    Minted last = last(target);
    if (last != null && !request.forceRefresh() && now.isBefore(last.staleAt)) {
      return last.token;
    }
    TunnelClaims claims = claims(target, now);
    if (last == null) {
      warnAboutHostName(target, claims);
    }
    Minted minted = new Minted(sign(claims), now.plus(lifetime.dividedBy(2)));
    keep(target, minted);
    return minted.token;
  }

  private @Nullable Minted last(Target target) {
    synchronized (kept) {
      return kept.get(target);
    }
  }

  private void keep(Target target, Minted minted) {
    synchronized (kept) {
      kept.put(target, minted);
      if (kept.size() > MAX_KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
  }

  private TunnelClaims claims(Target target, Instant now) throws IOException {
    TunnelClaims claims =
        TunnelClaims.expiring(wholeSecondsAfter(now.plus(lifetime)))
            .withDeviceId(target.deviceId())
            .withServiceAddress(target.serviceAddress())
            .restrictedTo(restrictions);
    if (claims.isUnrestricted() && !restrictions.isEmpty()) {
      throw new IOException(
          "no token can be restricted to the host name of "
              + target
              + ", which only the gateway can resolve; use an IP address, or restrict tokens to the"
              + " device or port too");
    }
    return claims;
  }

  private static Instant wholeSecondsAfter(Instant time) {
    Instant floor = time.truncatedTo(ChronoUnit.SECONDS);
    return floor.equals(time) ? floor : floor.plusSeconds(1);
  }

  private void warnAboutHostName(Target target, TunnelClaims claims) {
    if (claims.ip() == null && restrictions.contains(TunnelClaim.IP)) {
      LOG.warn(
          "tokens for {} have no claim {}, because only the gateway can resolve the host name",
          target,
          TunnelClaim.IP.claimName());
    }
  }

  private String sign(TunnelClaims claims) throws IOException {
    try {
      return signer.sign(claims);
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "tokens signed with " + signer.algorithm() + " for " + lifetime.toSeconds() + " s";
  }
}
