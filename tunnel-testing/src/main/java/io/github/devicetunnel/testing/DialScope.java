package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;

/** Which sockets a test may reach through a gateway. The later ones include those before. */
enum DialScope {
  /** Those that are set as routes, on loopback. */
  ROUTES,

  /** Service addresses without a route as well, on loopback. */
  LOOPBACK,

  /** Any host, with a route or without. */
  ANYTHING;

  /** Whether a route may lead to an address. */
  boolean allowsRoute(InetSocketAddress actual) {
    return this == ANYTHING || isLocal(actual);
  }

  /** Whether a service address may be dialled that has no route. */
  boolean allowsUnrouted(InetSocketAddress address) {
    return this != ROUTES && allowsRoute(address);
  }

  /** The wildcard address is dialled as loopback. */
  private static boolean isLocal(InetSocketAddress address) {
    return address.getAddress().isLoopbackAddress() || address.getAddress().isAnyLocalAddress();
  }

  DialScope or(DialScope other) {
    return compareTo(other) < 0 ? other : this;
  }
}
