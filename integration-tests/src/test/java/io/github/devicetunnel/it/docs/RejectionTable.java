package io.github.devicetunnel.it.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the tables of {@code docs/REFUSALS.md}. */
final class RejectionTable {
  private static final Pattern ROW =
      Pattern.compile("^\\| (?<when>[^|`]+) \\| `(?<message>[^`|]+)` \\| (?<advice>[^|]+) \\|$");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

  /** The patterns of the placeholders in braces. */
  private static final Map<String, String> PLACEHOLDERS =
      Map.of(
          "device", "[0-9a-f]{32}",
          "file", "\\S+",
          "pin", "sha256/[\\w+/]{43}=",
          "port", "\\d{1,5}",
          "reason", ".{5,200}",
          "request", "[0-9a-f]{32}",
          "seconds", "\\d+",
          "time", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

  private RejectionTable() {}

  /** One failure, its message and the advice. */
  record Row(String when, String message, String advice) {
    /** Returns the pattern of the message. */
    Pattern pattern() {
      StringBuilder regex = new StringBuilder();
      int end = 0;
      Matcher matcher = PLACEHOLDER.matcher(message);
      while (matcher.find()) {
        String placeholder = PLACEHOLDERS.get(matcher.group(1));
        if (placeholder == null) {
          throw new AssertionError("unknown placeholder " + matcher.group());
        }
        regex.append(Pattern.quote(message.substring(end, matcher.start()))).append(placeholder);
        end = matcher.end();
      }
      return Pattern.compile(regex.append(Pattern.quote(message.substring(end))).toString());
    }

    @Override
    public String toString() {
      return when;
    }
  }

  static List<Row> rows() throws IOException {
    Path document = Path.of(System.getProperty("tunnel.root"), "docs", "REFUSALS.md");
    return Files.readAllLines(document).stream()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .map((MatchResult row) -> new Row(row.group(1), row.group(2), row.group(3)))
        .toList();
  }
}
