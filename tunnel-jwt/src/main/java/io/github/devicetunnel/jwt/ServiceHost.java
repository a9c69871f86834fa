package io.github.devicetunnel.jwt;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * The host and port of a service, in the form that token claims use. Names are never resolved; only
 * the gateway can resolve them.
 *
 * @param host a name or an IP address; IPv6 without brackets
 * @param port the TCP port
 */
record ServiceHost(String host, int port) {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /**
   * Splits a service address into host and port.
   *
   * @param serviceAddress a validated service address
   */
  static ServiceHost of(String serviceAddress) {
    int colon = serviceAddress.lastIndexOf(':');
    String host = serviceAddress.substring(0, colon);
    return new ServiceHost(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(serviceAddress.substring(colon + 1)));
  }

  /** Returns whether the host is an IP address rather than a name. */
  boolean isIp() {
    return IPV4.matcher(host).matches() || host.contains(":");
  }

  /** Returns whether the host is the given address; the same IPv6 address has several spellings. */
  boolean isAt(String ip) {
    return host.equalsIgnoreCase(ip)
        || (IPV6.matcher(host).matches() && IPV6.matcher(ip).matches() && areEqual(host, ip));
  }

  private static boolean areEqual(String one, String other) {
    try {
      return InetAddress.getByName(one).equals(InetAddress.getByName(other));
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
