package io.github.devicetunnel.cli;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** The local address of a listener, as text. */
final class ListenAddress {
  static final String OPTION = "--listen-uri";

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:\\[(?<ipv6>[0-9a-fA-F:.]+(?:%\\w+)?)]|(?<host>[^\\s:/\\[\\]]*)):(?<port>\\d{1,5})");

  private ListenAddress() {}

  /**
   * Looks the host up, if it is a name.
   *
   * @param option that it was given with
   * @param text {@code host:port}, {@code [ipv6]:port}, or {@code :port} for loopback
   */
  static InetSocketAddress parse(String option, String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()) {
      throw refused(option, text, defect(text));
    }
    int port = Integer.parseInt(matcher.group("port"));
    if (port > 65535) {
      throw refused(option, text, "the port is above 65535");
    }
    String ipv6 = matcher.group("ipv6");
    String host = ipv6 == null ? matcher.group("host") : ipv6;
    return host.isEmpty()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : new InetSocketAddress(host, port);
  }

  private static String defect(String text) {
    if (text.contains("/")) {
      return "there is a slash, as in a URL";
    }
    if (text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[")) {
      return "an IPv6 address is not in brackets";
    }
    return text.contains(":") ? "host or port is malformed" : "the port is missing";
  }

  private static CommandFailure refused(String option, String text, String defect) {
    return CommandFailure.usage(
        option
            + ": must be host:port, [ipv6]:port or :port, such as 127.0.0.1:8181, but in "
            + Quoted.of(text)
            + " "
            + defect);
  }

  /** As {@link #parse} takes it. */
  static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    String host = ip.getHostAddress();
    if (ip instanceof Inet6Address && !host.contains("%")) {
      // Java writes out every zero.
      host = new HttpUrl.Builder().scheme("http").host(host).build().host();
    }
    return (ip instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
