package io.github.devicetunnel;

/**
 * A request to a {@link TokenSource} for the token of a dial attempt.
 *
 * @param deviceId the device of the target, 32 hex digits in upper or lower case
 * @param serviceAddress the service of the target: {@code ip:port}, {@code host:port} or {@code
 *     [ipv6]:port}
 * @param freshWanted whether the previous token was just rejected, so the source must not return a
 *     cached one
 */
public record TokenRequest(String deviceId, String serviceAddress, boolean freshWanted) {
  TokenRequest(Target target, boolean freshWanted) {
    this(target.deviceId(), target.serviceAddress(), freshWanted);
  }
}
