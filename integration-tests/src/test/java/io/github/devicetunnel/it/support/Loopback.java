package io.github.devicetunnel.it.support;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Loopback addresses of this machine. */
public final class Loopback {
  private Loopback() {}

  /** Returns an address that binds to a free port. */
  public static InetSocketAddress anyPort() {
    return port(0);
  }

  public static InetSocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
