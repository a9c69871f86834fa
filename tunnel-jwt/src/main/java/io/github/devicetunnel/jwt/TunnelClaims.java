package io.github.devicetunnel.jwt;

import io.github.devicetunnel.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token: its expiry and the tunnels that it opens. A null component is no
 * restriction. Immutable.
 *
 * @param expiresAt the expiry, to the second; null only in parsed tokens. The cloud rejects tokens
 *     without an expiry
 * @param deviceId the only device that the token opens
 * @param ip the only IP address of a service, as the gateway sees it; IPv6 without brackets
 * @param port the only port of a service
 */
public record TunnelClaims(
    @Nullable Instant expiresAt,
    @Nullable String deviceId,
    @Nullable String ip,
    @Nullable Integer port) {
  private static final Target ANY = new Target("0".repeat(32), "0.0.0.0:1");

  /**
   * Creates claims of a token that opens every tunnel of the account.
   *
   * @param expiresAt the expiry
   * @return claims without restrictions
   */
  public static TunnelClaims expiring(Instant expiresAt) {
    return new TunnelClaims(expiresAt, null, null, null);
  }

  /**
   * Returns a copy that is restricted to a device.
   *
   * @param deviceId the device ID, 32 hex digits in either case
   * @return new claims
   * @throws IllegalArgumentException if the device ID is malformed
   */
  public TunnelClaims withDeviceId(String deviceId) {
    String checked = new Target(deviceId, ANY.serviceAddress()).deviceId();
    return new TunnelClaims(expiresAt, checked, ip, port);
  }

  /**
   * Returns a copy that is restricted to the port and the IP address of a service. If the host is a
   * name, {@link #ip} is null, because only the gateway can resolve the name.
   *
   * @param serviceAddress the service address: {@code ip:port}, {@code host:port} or {@code
   *     [ipv6]:port}
   * @return new claims
   * @throws IllegalArgumentException if the service address is malformed
   */
  public TunnelClaims withServiceAddress(String serviceAddress) {
    ServiceHost service =
        ServiceHost.of(new Target(ANY.deviceId(), serviceAddress).serviceAddress());
    return new TunnelClaims(
        expiresAt, deviceId, service.isIp() ? service.host() : null, service.port());
  }

  /**
   * Returns a copy that keeps only some of the restrictions.
   *
   * @param claims the restrictions to keep
   * @return new claims
   */
  public TunnelClaims restrictedTo(Collection<TunnelClaim> claims) {
    return new TunnelClaims(
        expiresAt,
        claims.contains(TunnelClaim.DEVICE_ID) ? deviceId : null,
        claims.contains(TunnelClaim.IP) ? ip : null,
        claims.contains(TunnelClaim.PORT) ? port : null);
  }

  /** {@return whether the token opens every tunnel of the account} */
  public boolean isUnrestricted() {
    return deviceId == null && ip == null && port == null;
  }

  /**
   * Returns the claims that do not match a target.
   *
   * @param target the target of the tunnel
   * @return the claims that do not match; empty if the token opens the tunnel while it is not
   *     expired
   */
  public List<TunnelClaim> conflictsWith(Target target) {
    ServiceHost service = ServiceHost.of(target.serviceAddress());
    return conflictsWith(target.deviceId(), service.host(), service.port());
  }

  /**
   * Returns the claims that do not match a target, given as separate parts.
   *
   * @param targetDeviceId the device ID, in either case
   * @param targetHost the host of the service: a name or an IP address, IPv6 without brackets
   * @param targetPort the port of the service
   * @return the claims that do not match
   */
  public List<TunnelClaim> conflictsWith(String targetDeviceId, String targetHost, int targetPort) {
    List<TunnelClaim> conflicts = new ArrayList<>();
    if (deviceId != null && !lowerCase(deviceId).equals(lowerCase(targetDeviceId))) {
      conflicts.add(TunnelClaim.DEVICE_ID);
    }
    if (ip != null && !new ServiceHost(targetHost, targetPort).isAt(ip)) {
      conflicts.add(TunnelClaim.IP);
    }
    if (port != null && port != targetPort) {
      conflicts.add(TunnelClaim.PORT);
    }
    return List.copyOf(conflicts);
  }

  private static String lowerCase(String hexDigits) {
    return hexDigits.toLowerCase(Locale.ROOT);
  }
}
