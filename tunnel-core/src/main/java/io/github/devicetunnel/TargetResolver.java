package io.github.devicetunnel;

import java.io.IOException;
import java.net.UnknownHostException;

/**
 * Maps the host and port that a driver or HTTP client was given to a service on a device, so that
 * one {@link TunnelSocketFactory} reaches many.
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
 *           return new Target(device, "127.0.0.1:" + port);
 *         });
 * }</pre>
 */
@FunctionalInterface
public interface TargetResolver {
  /**
   * Called for every connection, on the thread that connects.
   *
   * @param host a name or an IP address, as the caller gave it; no name is looked up before
   * @param port from 1 to 65535
   * @return the target of the tunnel; null is reported as an {@link UnknownHostException}
   * @throws UnknownHostException when the host is unknown
   * @throws IOException when the lookup fails. The connection fails with an {@link
   *     java.net.ConnectException} that has this exception as its cause, as it does for a {@link
   *     RuntimeException}; a {@code ConnectException} and an {@link java.io.InterruptedIOException}
   *     are passed on as they are
   */
  Target resolve(String host, int port) throws IOException;
}
