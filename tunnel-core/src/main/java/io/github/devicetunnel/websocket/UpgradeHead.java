package io.github.devicetunnel.websocket;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Simplifies the head of an HTTP/1.1 answer to an upgrade. */
final class UpgradeHead {
  private static final Pattern SWITCHING = Pattern.compile("HTTP/1\\.[01] 101\\b");
  private static final Pattern INTERIM = Pattern.compile("HTTP/1\\.[01] 1(?!01)\\d\\d\\b");
  private static final String CONNECTION = "Connection:";

  /** OkHttp takes a line feed alone, so no field with this option is shorter. */
  private static final String UPGRADE = "Connection:Upgrade\n";

  private UpgradeHead() {}

  /** Whether the head belongs to a response such as 103, which another response follows. */
  static boolean isInterim(String head) {
    return matches(INTERIM, head);
  }

  /**
   * Reduces the Connection fields of a 101 that contain the option {@code upgrade} to that option
   * (RFC 9110 section 7.6.1). Returns every other head as it is. The result is not longer.
   *
   * @param head with the empty line at its end
   */
  static String simplified(String head) {
    if (!matches(SWITCHING, head)) {
      return head;
    }
    List<String> lines = Stream.of(head.split("(?<=\n)")).toList();
    List<String> fields = lines.stream().filter(UpgradeHead::isConnection).toList();
    boolean folded = lines.stream().anyMatch(line -> line.startsWith(" ") || line.startsWith("\t"));
    if (folded || fields.stream().noneMatch(UpgradeHead::hasUpgrade)) {
      return head;
    }
    StringBuilder simplified = new StringBuilder(head.length());
    boolean written = false;
    for (String line : lines) {
      if (!isConnection(line)) {
        simplified.append(line);
      } else if (!written) {
        simplified.append(UPGRADE);
        written = true;
      }
    }
    return simplified.toString();
  }

  private static boolean isConnection(String line) {
    return line.regionMatches(true, 0, CONNECTION, 0, CONNECTION.length());
  }

  private static boolean hasUpgrade(String field) {
    return Stream.of(field.substring(CONNECTION.length()).split(","))
        .map(String::strip)
        .anyMatch("upgrade"::equalsIgnoreCase);
  }

  private static boolean matches(Pattern pattern, String head) {
    return pattern.matcher(head).lookingAt();
  }
}
