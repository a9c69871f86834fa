package io.github.devicetunnel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.Dns;

/**
 * The names of services behind tunnels: no DNS knows them, and none need be asked. Where an IP
 * address has to be, each gets one at which nothing is, and keeps its name.
 */
final class ServiceNames {
  /** For documentation only (RFC 5737): nothing can be reached there, should anybody try. */
  private static final byte[] NOWHERE = {(byte) 192, 0, 2, 1};

  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|\\[?[0-9a-fA-F:.]*:[^\\]]*]?");

  private ServiceNames() {}

  /** For all names. */
  static Dns dns() {
    return host -> List.of(nowhere(host));
  }

  /** With an IP address in any case, and the name that it was given as. */
  static InetSocketAddress resolved(InetSocketAddress address) {
    if (!address.isUnresolved()) {
      return address;
    }
    String host = address.getHostString();
    try {
      InetAddress ip =
          IP_ADDRESS.matcher(host).matches() ? InetAddress.getByName(host) : nowhere(host);
      return new InetSocketAddress(ip, address.getPort());
    } catch (UnknownHostException e) {
      return address; // What looks like an IP address and is none.
    }
  }

  private static InetAddress nowhere(String host) throws UnknownHostException {
    return InetAddress.getByAddress(host, NOWHERE);
  }
}
