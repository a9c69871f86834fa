package io.github.devicetunnel.cli.value;

import java.util.regex.Pattern;

/** Parses whole numbers. */
public final class Counts {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private Counts() {}

  public static int parse(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be a whole number of up to nine digits, but is " + Quoted.of(text));
    }
    return Integer.parseInt(text);
  }
}
