package io.github.devicetunnel.testing;

/**
 * What an application's verification key is in production: decides whether a JWT opens a tunnel.
 * Called for each request, on the request's thread, several at a time.
 */
@FunctionalInterface
public interface TokenCheck {
  /**
   * The tunnel that is asked for, in the words of a token's claims.
   *
   * @param deviceId in lower case
   * @param ip of the service, {@code localhost} too; IPv6 without brackets
   * @param port of the service
   */
  record Target(String deviceId, String ip, int port) {}

  /**
   * Returns when the token opens the tunnel.
   *
   * @param token as it was sent, without {@code Bearer}. Keep it out of messages
   * @param target the tunnel that is asked for
   * @throws RefusedException when it does not: {@link RefusedException#unauthorized} for one that
   *     proves nothing, {@link RefusedException#forbidden} for one that opens other tunnels. What
   *     else is thrown is answered with 500 and reported by {@link TunnelService#verify}
   */
  void check(String token, Target target) throws RefusedException;
}
