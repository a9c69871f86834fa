package io.github.devicetunnel.it;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Loopback addresses of this machine. */
final class Loopback {
  private Loopback() {}

  /** Returns an address that binds to a free port. */
  static InetSocketAddress anyPort() {
    return port(0);
  }

  static InetSocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
