package io.github.devicetunnel.it;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses of this machine. */
final class Loopback {
  private Loopback() {}

  /** To bind: a port that is free. */
  static InetSocketAddress anyPort() {
    return port(0);
  }

  static InetSocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
