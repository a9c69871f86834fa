package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;

/** The actual location of a service of a gateway. */
sealed interface Route {
  /** A TCP address. */
  record ToAddress(InetSocketAddress address) implements Route {}

  /** No location: the test does not allow the address to be dialled. */
  record ToNothing(String service) implements Route {}

  /** A handler of the test. */
  record ToHandler(ConnectionHandler handler) implements Route {}
}
