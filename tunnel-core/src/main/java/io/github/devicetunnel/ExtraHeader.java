package io.github.devicetunnel;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks of the headers that an application adds to the upgrade. */
final class ExtraHeader {
  /** A token as in RFC 9110 section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

  /** Headers that the library sends itself, or that would change the meaning of the request. */
  private static final Set<String> TAKEN =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "expect",
          "host",
          "keep-alive",
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
    int colon = name.indexOf(':');
    if (colon >= 0) {
      // The text after the colon is the value, which may be a secret.
      throw new IllegalArgumentException(
          "header: the name must not have a colon, but is \""
              + Target.shown(name.substring(0, colon))
              + ":...\"; pass the name and the value separately");
    }
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
    if (lower.equals("authorization")) {
      throw new IllegalArgumentException(
          "header: "
              + name
              + " carries the access key or token and cannot be repeated (RFC 9110 section"
              + " 11.6.2); for a server in front of the cloud, use another header or a client"
              + " certificate");
    }
    if (lower.equals("proxy-authorization")) {
      throw new IllegalArgumentException(
          "header: " + name + " is for a proxy; set the user name and password with proxy(...)");
    }
    if (TAKEN.contains(lower) || lower.startsWith("sec-websocket-")) {
      throw new IllegalArgumentException(
          "header: " + name + " is set by the library and cannot be added");
    }
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "header: the value of " + name + " must be printable ASCII");
    }
  }
}
