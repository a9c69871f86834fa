package io.github.devicetunnel.cli.value;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

/** Parses times in the format of the old Go client, a number of seconds without a unit. */
public final class Seconds {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}(\\.\\d{1,9})?");

  private Seconds() {}

  public static Duration parse(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be a number of seconds, such as 5, 0.5 or 0, but is " + Quoted.of(text));
    }
    return Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValueExact());
  }
}
