package io.github.devicetunnel.testing;

import java.net.InetSocketAddress;

/** Where a service of a gateway really is. */
sealed interface Route {
  /** Behind a socket. */
  record ToAddress(InetSocketAddress address) implements Route {}

  /** Nowhere: the test allows no other. */
  record ToNothing(String service) implements Route {}

  /** In the code of a test. */
  record ToHandler(ConnectionHandler handler) implements Route {}
}
