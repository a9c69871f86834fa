package io.github.devicetunnel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.Dns;

/**
 * Placeholder addresses for the names of services behind tunnels, which no DNS server knows. Where
 * an API requires an IP address, a name gets an unreachable address and keeps its name.
 */
final class ServiceNames {
  /** An address for documentation (RFC 5737), which is not reachable. */
  private static final byte[] PLACEHOLDER = {(byte) 192, 0, 2, 1};

  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:.]*:[^\\]]*]?");

  private ServiceNames() {}

  /** Returns a DNS that resolves every name to the placeholder address, without a query. */
  static Dns dns() {
    return host -> List.of(placeholder(host));
  }

  /**
   * Returns a resolved address with the same host and port. The address is returned unchanged if it
   * is already resolved, or if the host resembles an IP address but is not valid.
   */
  static InetSocketAddress resolved(InetSocketAddress address) {
    if (!address.isUnresolved()) {
      return address;
    }
    String host = address.getHostString();
    try {
      InetAddress ip =
          IP_ADDRESS.matcher(host).matches() ? InetAddress.getByName(host) : placeholder(host);
      return new InetSocketAddress(ip, address.getPort());
    } catch (UnknownHostException e) {
      return address; // The host resembles an IP address, but is not valid.
    }
  }

  private static InetAddress placeholder(String host) throws UnknownHostException {
    return InetAddress.getByAddress(host, PLACEHOLDER);
  }
}
