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
 *     client.socketFactory((host, port) -> new Target(devices.get(host), "127.0.0.1:" + port));
 * }</pre>
 */
@FunctionalInterface
public interface TargetResolver {
  /**
   * Called for every connection, on the thread that connects.
   *
   * @param host a name or an IP address, as the caller gave it; no name is looked up before
   * @param port from 1 to 65535
   * @return where the tunnel is to lead
   * @throws UnknownHostException when there is no such service; any other exception fails the
   *     connection as well
   * @throws IOException when it cannot be found out
   */
  Target resolve(String host, int port) throws IOException;
}
