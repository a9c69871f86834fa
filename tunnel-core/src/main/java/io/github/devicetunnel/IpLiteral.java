package io.github.devicetunnel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads addresses that are written in digits, and never asks a DNS. */
final class IpLiteral {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpLiteral() {}

  /**
   * The address, the same for every spelling of it; without the zone of an IPv6 one.
   *
   * @param text IPv6 with or without brackets
   * @return null when it is a name, or nothing at all
   */
  static @Nullable InetAddress parse(String text) {
    String host = text.replaceFirst("^\\[(.*)]$", "$1").replaceFirst("%.*", "");
    if (IPV4.matcher(host).matches()) {
      return address(host);
    }
    // In brackets nothing but an IPv6 literal is understood.
    return IPV6.matcher(host).matches() ? address("[" + host + "]") : null;
  }

  private static @Nullable InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
