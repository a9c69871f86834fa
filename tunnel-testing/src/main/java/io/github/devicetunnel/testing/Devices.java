package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The gateways that are there, and where the services that they see really are. */
final class Devices {
  private final Map<String, Map<String, InetSocketAddress>> routesByDevice =
      new ConcurrentHashMap<>();

  void add(String deviceId) {
    var unused = routes(deviceId);
  }

  void route(String deviceId, String service, InetSocketAddress actual) {
    if (ServiceAddress.parse(service) == null) {
      throw new IllegalArgumentException(
          "a service's address must be ip:port or localhost:port, but is " + service);
    }
    if (actual.isUnresolved()) {
      throw new IllegalArgumentException("the host of " + actual + " is not known");
    }
    routes(deviceId).put(service, actual);
  }

  /** Where to dial for a request. */
  InetSocketAddress target(ConnectionPath path) throws RefusedException {
    Map<String, InetSocketAddress> routes = routesByDevice.get(path.deviceId());
    if (routes == null) {
      throw ServiceError.notFound("The device is not known, or not connected");
    }
    return routes.getOrDefault(path.service(), path.address());
  }

  private Map<String, InetSocketAddress> routes(String deviceId) {
    return routesByDevice.computeIfAbsent(key(deviceId), id -> new ConcurrentHashMap<>());
  }

  /** Device IDs may be written in either case. */
  static String key(String deviceId) {
    String key = deviceId.toLowerCase(Locale.ROOT);
    if (!ConnectionPath.isDeviceId(key)) {
      throw new IllegalArgumentException(
          "a device ID must be 32 hexadecimal digits, but is " + deviceId);
    }
    return key;
  }
}
