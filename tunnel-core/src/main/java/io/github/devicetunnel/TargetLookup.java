package io.github.devicetunnel;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Asks the {@link TargetResolver} of an application, whose defects must not reach HTTP clients. */
final class TargetLookup {
  private TargetLookup() {}

  /**
   * Returns the target of a host and port.
   *
   * @throws UnknownHostException when the resolver throws it, or returns null
   * @throws InterruptedIOException when the resolver throws it, as after a timeout
   * @throws ConnectException when the resolver fails otherwise: clients repeat nothing after it
   */
  static Target target(TargetResolver resolver, InetSocketAddress address) throws IOException {
    String host = address.getHostString();
    Target target;
    try {
      target = resolver.resolve(host, address.getPort());
    } catch (UnknownHostException | ConnectException | InterruptedIOException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw TunnelSocket.notConnected(
          "the TargetResolver failed for " + shown(address) + ": " + Target.shown(e.toString()), e);
    }
    // Nothing keeps an application's resolver from it.
    if ((Object) target == null) {
      throw new UnknownHostException(
          shown(address)
              + " leads to no device: the TargetResolver returned null; throw"
              + " UnknownHostException for an unknown host");
    }
    return target;
  }

  private static String shown(InetSocketAddress address) {
    return Target.shown(address.getHostString()) + ":" + address.getPort();
  }
}
