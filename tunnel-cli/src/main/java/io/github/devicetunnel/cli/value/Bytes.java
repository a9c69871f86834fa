package io.github.devicetunnel.cli.value;

import java.util.Locale;

/** Formats byte counts for people, in units of powers of 1,000. */
public final class Bytes {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private Bytes() {}

  /**
   * Formats a byte count with three significant digits, such as {@code 999 B}, {@code 1.20 kB} or
   * {@code 34.5 MB}.
   */
  public static String text(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
  }
}
