package io.github.devicetunnel.internal.text;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import okhttp3.HttpUrl;

/**
 * The text form of a host and port as in a URL (RFC 3986 section 3.2). IPv6 addresses are shortened
 * (RFC 5952 section 4).
 */
public final class HostPort {
  private HostPort() {}

  /** Returns the text of an address, such as {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}. */
  public static String of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    if (ip instanceof Inet6Address && !host.contains("%")) {
      // Java does not shorten runs of zeros.
      host = new HttpUrl.Builder().scheme("http").host(host).build().host();
    }
    return of(host, address.getPort());
  }

  /** Returns the text of a host and port, with an IPv6 address in brackets. */
  public static String of(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
