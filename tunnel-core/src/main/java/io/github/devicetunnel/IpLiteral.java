package io.github.devicetunnel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses IP addresses without DNS queries. */
final class IpLiteral {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpLiteral() {}

  /**
   * Parses an IP address. All spellings of an address give equal results; an IPv6 zone is ignored.
   *
   * @param text IPv4 address, or IPv6 address with or without brackets
   * @return the address, or null if the text is not an IP address
   */
  static @Nullable InetAddress parse(String text) {
    String host = text.replaceFirst("^\\[(.*)]$", "$1").replaceFirst("%.*", "");
    if (IPV4.matcher(host).matches()) {
      return address(host);
    }
    // For text in brackets, getByName accepts only an IPv6 literal and sends no DNS query.
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
