package io.github.devicetunnel.jwt;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * The address of a service in the words of claims. No name is ever looked up: it is the gateway
 * that knows its names.
 *
 * @param host a name, or an IP address; IPv6 without brackets
 */
record ServiceHost(String host, int port) {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /**
   * Splits it.
   *
   * @param serviceAddress one that was checked
   */
  static ServiceHost of(String serviceAddress) {
    int colon = serviceAddress.lastIndexOf(':');
    String host = serviceAddress.substring(0, colon);
    return new ServiceHost(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(serviceAddress.substring(colon + 1)));
  }

  /** Whether the host is an address, and no name. */
  boolean isIp() {
    return IPV4.matcher(host).matches() || host.contains(":");
  }

  /** Whether an address is this one, which can be written in several ways in IPv6. */
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
