package io.github.devicetunnel.internal.net;

/**
 * A filter for the head of an HTTP/1.1 response to an upgrade. It runs for each dial, so it uses
 * plain loops.
 */
final class UpgradeHead {
  private static final int SWITCHING = 101;
  private static final String VERSION = "HTTP/1.";
  private static final int STATUS = "HTTP/1.1 ".length();
  private static final int REASON = STATUS + 3;

  private static final String CONNECTION = "Connection:";

  /** Shortest field with this option, because OkHttp accepts a line feed alone. */
  private static final String UPGRADE = "Connection:Upgrade\n";

  private UpgradeHead() {}

  /**
   * Returns whether the head is that of an interim response, such as 103, which precedes another
   * response.
   */
  static boolean isInterim(String head) {
    int status = status(head);
    return status / 100 == 1 && status != SWITCHING;
  }

  /**
   * Reduces the Connection fields of a 101 response that contain the option {@code upgrade} to this
   * option (RFC 9110 section 7.6.1). Returns any other head unchanged. The result is never longer
   * than the head.
   *
   * @param head the head including the empty line at its end
   */
  static String simplified(String head) {
    if (status(head) != SWITCHING) {
      return head;
    }
    StringBuilder simplified = new StringBuilder(head.length());
    boolean upgrade = false;
    int end;
    for (int begin = 0; begin < head.length(); begin = end) {
      end = head.indexOf('\n', begin) + 1;
      if (isFolded(head, begin)) {
        return head;
      }
      if (!isConnection(head, begin)) {
        simplified.append(head, begin, end);
      } else if (!upgrade && hasUpgrade(head.substring(begin + CONNECTION.length(), end))) {
        simplified.append(UPGRADE);
        upgrade = true;
      }
    }
    return upgrade ? simplified.toString() : head;
  }

  /** Returns the status, or -1 if the head has none. */
  private static int status(String head) {
    if (!head.startsWith(VERSION)
        || head.length() <= REASON
        || Character.isLetterOrDigit(head.charAt(REASON))) {
      return -1;
    }
    try {
      return Integer.parseInt(head, STATUS, REASON, 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static boolean isFolded(String head, int begin) {
    return head.charAt(begin) == ' ' || head.charAt(begin) == '\t';
  }

  private static boolean isConnection(String head, int begin) {
    return head.regionMatches(true, begin, CONNECTION, 0, CONNECTION.length());
  }

  private static boolean hasUpgrade(String field) {
    for (String option : field.split(",", -1)) {
      if (option.strip().equalsIgnoreCase("upgrade")) {
        return true;
      }
    }
    return false;
  }
}
