package io.github.devicetunnel.cli;

import java.util.Locale;

/** Numbers of bytes for a person, in steps of a thousand. */
final class Bytes {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private Bytes() {}

  /** With three digits, as {@code 999 B}, {@code 1.20 kB}, {@code 34.5 MB}. */
  static String text(double bytes) {
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
