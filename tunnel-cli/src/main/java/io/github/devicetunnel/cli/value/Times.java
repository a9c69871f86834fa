package io.github.devicetunnel.cli.value;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses times with a unit, such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 12h} or {@code
 * 30d}.
 */
public final class Times {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /** Ten years, which is far below the limit of arithmetic in nanoseconds. */
  private static final Duration MAX_DURATION = Duration.ofDays(3650);

  private Times() {}

  public static Duration parse(String text) {
    // Zero needs no unit.
    Matcher matcher = TIME.matcher(text.equals("0") ? "0s" : text);
    Duration time = matcher.matches() ? duration(matcher) : null;
    if (time == null || time.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException(
          "must be a duration such as 500ms, 90s, 10m, 12h or 30d, at most 3650d, but is "
              + Quoted.of(text));
    }
    return time;
  }

  private static Duration duration(Matcher matcher) {
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /**
   * Formats a time for people in seconds, with up to three decimals, such as {@code 5 s} or {@code
   * 0.5 s}.
   */
  public static String text(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
  }
}
