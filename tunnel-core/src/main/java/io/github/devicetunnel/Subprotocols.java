package io.github.devicetunnel;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Validates names of websocket subprotocols and formats the header that offers them. */
final class Subprotocols {
  /** RFC 6455 section 11.3.4. */
  static final String HEADER = "Sec-WebSocket-Protocol";

  private Subprotocols() {}

  /**
   * Returns the value of the header.
   *
   * @param names in order of preference, at least one
   * @throws IllegalArgumentException if a name is null, repeated or not a token
   */
  static String offer(@Nullable String... names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name == null) {
        throw new IllegalArgumentException("subprotocol is missing");
      }
      if (!ExtraHeader.isToken(name)) {
        throw new IllegalArgumentException(
            "subprotocol must be a token (RFC 9110 section 5.6.2) such as binary, but is \""
                + Target.shown(name).replaceAll("[^ -~]", "?")
                + "\"");
      }
      if (!seen.add(name)) {
        throw new IllegalArgumentException(
            "subprotocol must not repeat a name, but has \"" + name + "\" twice; remove one");
      }
    }
    return String.join(", ", names);
  }
}
