package io.github.devicetunnel.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses service addresses in requests: {@code ip:port}, {@code localhost:port} or {@code
 * [ipv6]:port}. No name except localhost is resolved.
 */
final class ServiceAddress {
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+]):([0-9]{1,5})");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  private ServiceAddress() {}

  /** Returns the address, or null if the text is malformed. */
  static @Nullable InetSocketAddress parse(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int port = Integer.parseInt(matcher.group(2));
    InetAddress host = host(matcher.group(1));
    return host == null || port < 1 || port > 0xffff ? null : new InetSocketAddress(host, port);
  }

  /** Throws {@link IllegalArgumentException} if the text is malformed. */
  static void check(String text) {
    if (parse(text) == null) {
      throw new IllegalArgumentException(
          "serviceAddress must be ip:port or localhost:port, but is " + text);
    }
  }

  private static @Nullable InetAddress host(String text) {
    boolean literal = text.startsWith("[") || IPV4.matcher(text).matches();
    if (!literal && !text.equals("localhost")) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
