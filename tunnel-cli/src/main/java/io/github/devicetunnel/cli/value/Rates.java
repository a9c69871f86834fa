package io.github.devicetunnel.cli.value;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses rates in bytes per second, such as {@code 500}, {@code 64k}, {@code 1M} or {@code 2G}. */
public final class Rates {
  private static final Pattern RATE = Pattern.compile("(\\d{1,9})([kMG]?)");

  private Rates() {}

  public static long parse(String text) {
    Matcher matcher = RATE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a number of bytes per second such as 500k or 1M, but is " + Quoted.of(text));
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "k" -> number * 1_000;
      case "M" -> number * 1_000_000;
      case "G" -> number * 1_000_000_000;
      default -> number;
    };
  }
}
