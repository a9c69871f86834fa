package io.github.devicetunnel.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a token is good: a whole number with its unit. */
final class Lifetime {
  private static final Pattern TIME = Pattern.compile("(\\d{1,7})([smhd])");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private Lifetime() {}

  static Duration parse(String text) {
    Matcher matcher = TIME.matcher(text);
    Duration time = matcher.matches() ? duration(matcher) : Duration.ZERO;
    if (time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "must be a time such as 90s, 10m, 12h or 30d, of ten years at most");
    }
    return time;
  }

  private static Duration duration(Matcher matcher) {
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
