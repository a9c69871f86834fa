package io.github.devicetunnel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Checks of durations that an application sets, and their text in messages. */
final class Durations {
  private Durations() {}

  static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + seconds(value));
    }
    return value;
  }

  static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, but is " + seconds(value));
    }
    return value;
  }

  /** Formats a duration in seconds, with millisecond precision. */
  static String seconds(Duration duration) {
    long millis = TimeUnit.MILLISECONDS.convert(duration);
    if (millis == Long.MAX_VALUE || millis == Long.MIN_VALUE) {
      return duration.toSeconds() + " s"; // the milliseconds exceed a long
    }
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000.0 + " s";
  }
}
