package io.github.devicetunnel;

import java.io.IOException;
import java.net.UnknownHostException;

/**
 * Maps the host and port passed to a driver or HTTP client to a service on a device, so that one
 * {@link TunnelSocketFactory} can reach many services.
 *
 * <pre>{@code
 * Map<String, String> devices = Map.of("turbine-7", "017b7fddb124724840c1c7b800000000");
 * TunnelSocketFactory sockets =
 *     client.socketFactory(
 *         (host, port) -> {
 *           String device = devices.get(host);
 *           if (device == null) {
 *             throw new UnknownHostException(host);
 *           }
 *           return Target.of(device, "127.0.0.1", port);
 *         });
 * }</pre>
 */
@FunctionalInterface
public interface TargetResolver {
  /**
   * Returns the target for a host and port. Called for every connection, on the thread that
   * connects.
   *
   * @param host a name or an IP address, as passed by the caller; names are not resolved
   * @param port from 1 to 65535
   * @return the target of the tunnel; null is reported as an {@link UnknownHostException}
   * @throws UnknownHostException if the host is unknown
   * @throws IOException if the lookup fails. The connection then fails with a {@link
   *     java.net.ConnectException} that has this exception as its cause. The same applies to a
   *     {@link RuntimeException}. A {@code ConnectException} and an {@link
   *     java.io.InterruptedIOException} are passed on unchanged
   */
  Target resolve(String host, int port) throws IOException;
}
