package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;

/**
 * The addresses that a test may dial through a gateway. Each constant includes the previous ones.
 */
enum DialScope {
  /** Routes to loopback addresses. */
  ROUTES,

  /** Also loopback service addresses without a route. */
  LOOPBACK,

  /** Any host, with or without a route. */
  ANYTHING;

  /** Returns whether a route to an address is allowed. */
  boolean allowsRoute(InetSocketAddress actual) {
    return this == ANYTHING || isLocal(actual);
  }

  /** Returns whether a service address without a route may be dialled. */
  boolean allowsUnrouted(InetSocketAddress address) {
    return this != ROUTES && allowsRoute(address);
  }

  /** Returns whether an address is local. The wildcard address is dialled as loopback. */
  private static boolean isLocal(InetSocketAddress address) {
    return address.getAddress().isLoopbackAddress() || address.getAddress().isAnyLocalAddress();
  }

  DialScope or(DialScope other) {
    return compareTo(other) < 0 ? other : this;
  }
}
