package io.github.devicetunnel;

/**
 * The dial that a {@link TokenSource} is asked for.
 *
 * @param deviceId the gateway that the tunnel leads to, 32 hex digits in either case
 * @param serviceAddress the service on it, {@code ip:port}, {@code host:port} or {@code
 *     [ipv6]:port}
 * @param freshWanted whether the token that was given before has just been refused: give none that
 *     was kept since
 */
public record TokenRequest(String deviceId, String serviceAddress, boolean freshWanted) {
  TokenRequest(Target target, boolean freshWanted) {
    this(target.deviceId(), target.serviceAddress(), freshWanted);
  }
}
