package io.github.devicetunnel.testing;

/**
 * Decides whether a JWT opens a tunnel, like the verification keys of an application in the cloud.
 * Called once per request, on the thread of the request; concurrent requests call it concurrently.
 */
@FunctionalInterface
public interface TokenCheck {
  /**
   * The target of the requested tunnel, in the form that token claims use.
   *
   * @param deviceId the device ID, in lower case
   * @param ip the IP address of the service, or {@code localhost}; IPv6 without brackets
   * @param port the port of the service
   */
  record Target(String deviceId, String ip, int port) {}

  /**
   * Returns normally if the token opens the tunnel.
   *
   * @param token the token as sent, without {@code Bearer}. Do not include it in messages
   * @param target the requested target
   * @throws RejectedException if the token does not open the tunnel: {@link
   *     RejectedException#unauthorized} for an invalid token, {@link RejectedException#forbidden}
   *     for a valid token that opens other tunnels. Any other exception is answered with 500 and
   *     reported by {@link TunnelService#verify}
   */
  void check(String token, Target target) throws RejectedException;
}
