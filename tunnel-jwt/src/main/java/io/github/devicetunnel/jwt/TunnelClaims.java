package io.github.devicetunnel.jwt;

import io.github.devicetunnel.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a token says: until when it is good, and for which tunnels. Whatever is null restricts
 * nothing. Immutable.
 *
 * @param expiresAt to the second; null is found in tokens of others only, and the service takes
 *     none without
 * @param deviceId the one device
 * @param ip the one address of a service, as the gateway sees it; IPv6 without brackets
 * @param port the one port
 */
public record TunnelClaims(
    @Nullable Instant expiresAt,
    @Nullable String deviceId,
    @Nullable String ip,
    @Nullable Integer port) {
  private static final Target ANY = new Target("0".repeat(32), "0.0.0.0:1");

  /**
   * Claims of a token that opens every tunnel of the account.
   *
   * @param expiresAt when it ceases to
   * @return claims to be narrowed down
   */
  public static TunnelClaims expiring(Instant expiresAt) {
    return new TunnelClaims(expiresAt, null, null, null);
  }

  /**
   * Restricts to a device.
   *
   * @param deviceId 32 hex digits, in either case
   * @return new claims
   * @throws IllegalArgumentException for anything else
   */
  public TunnelClaims withDeviceId(String deviceId) {
    String checked = new Target(deviceId, ANY.serviceAddress()).deviceId();
    return new TunnelClaims(expiresAt, checked, ip, port);
  }

  /**
   * Restricts to a service: its port, and its IP address. When the host is a name the address stays
   * open, since only the gateway knows it; {@link #ip} is null then.
   *
   * @param serviceAddress {@code ip:port}, {@code host:port} or {@code [ipv6]:port}
   * @return new claims
   * @throws IllegalArgumentException for anything else
   */
  public TunnelClaims withServiceAddress(String serviceAddress) {
    ServiceHost service =
        ServiceHost.of(new Target(ANY.deviceId(), serviceAddress).serviceAddress());
    return new TunnelClaims(
        expiresAt, deviceId, service.isIp() ? service.host() : null, service.port());
  }

  /**
   * Leaves out all other restrictions.
   *
   * @param claims those that stay
   * @return new claims
   */
  public TunnelClaims restrictedTo(Collection<TunnelClaim> claims) {
    return new TunnelClaims(
        expiresAt,
        claims.contains(TunnelClaim.DEVICE_ID) ? deviceId : null,
        claims.contains(TunnelClaim.IP) ? ip : null,
        claims.contains(TunnelClaim.PORT) ? port : null);
  }

  /** {@return whether every tunnel of the account is allowed} */
  public boolean isUnrestricted() {
    return deviceId == null && ip == null && port == null;
  }

  /**
   * What stands in the way of a tunnel.
   *
   * @param target the tunnel
   * @return the claims that do not allow it; none when the token opens it, until it expires
   */
  public List<TunnelClaim> conflictsWith(Target target) {
    ServiceHost service = ServiceHost.of(target.serviceAddress());
    return conflictsWith(target.deviceId(), service.host(), service.port());
  }

  /**
   * As {@link #conflictsWith(Target)}, in the words of claims.
   *
   * @param wantedDeviceId of the gateway, in either case
   * @param wantedHost of the service: an IP address, IPv6 without brackets, or a name
   * @param wantedPort of the service
   * @return the claims that do not allow it
   */
  public List<TunnelClaim> conflictsWith(String wantedDeviceId, String wantedHost, int wantedPort) {
    List<TunnelClaim> conflicts = new ArrayList<>();
    if (deviceId != null && !lowerCase(deviceId).equals(lowerCase(wantedDeviceId))) {
      conflicts.add(TunnelClaim.DEVICE_ID);
    }
    if (ip != null && !new ServiceHost(wantedHost, wantedPort).isAt(ip)) {
      conflicts.add(TunnelClaim.IP);
    }
    if (port != null && port != wantedPort) {
      conflicts.add(TunnelClaim.PORT);
    }
    return List.copyOf(conflicts);
  }

  private static String lowerCase(String hexDigits) {
    return hexDigits.toLowerCase(Locale.ROOT);
  }
}
