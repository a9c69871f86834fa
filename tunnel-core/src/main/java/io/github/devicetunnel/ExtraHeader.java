package io.github.devicetunnel;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What an application may add to the request for a tunnel. */
final class ExtraHeader {
  /** RFC 9110 section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

  /** Those of the request itself, and those that would make another request of it. */
  private static final Set<String> TAKEN =
      Set.of(
          "accept-encoding",
          "authorization",
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-application-id");

  private ExtraHeader() {}

  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  static void check(String name, String value) {
    if (!isToken(name)) {
      throw new IllegalArgumentException(
          "header: the name must be letters, digits and dashes, but is \""
              + Target.shown(name)
              + "\"");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("sec-websocket-protocol")) {
      throw new IllegalArgumentException(
          "header: " + name + " cannot be added as a header; offer names with subprotocol(...)");
    }
    if (TAKEN.contains(lower) || lower.startsWith("sec-websocket-")) {
      throw new IllegalArgumentException(
          "header: " + name + " is one of those that the request for a tunnel has itself");
    }
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "header: the value of " + name + " must be printable ASCII");
    }
  }
}
