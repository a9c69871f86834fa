package io.github.devicetunnel;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Calls an application's {@link TargetResolver} and converts its failures to exceptions that
 * sockets throw.
 */
final class TargetLookup {
  private TargetLookup() {}

  /**
   * Returns the target of a host and port.
   *
   * @throws UnknownHostException if the resolver throws it or returns null
   * @throws InterruptedIOException if the resolver throws it, for example after a timeout
   * @throws ConnectException if the resolver fails otherwise; clients do not retry after this
   *     exception
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
    // An application's resolver may violate the contract.
    if ((Object) target == null) {
      throw new UnknownHostException(
          "the TargetResolver returned null for "
              + shown(address)
              + "; throw UnknownHostException for an unknown host");
    }
    return target;
  }

  private static String shown(InetSocketAddress address) {
    return Target.shown(address.getHostString()) + ":" + address.getPort();
  }
}
