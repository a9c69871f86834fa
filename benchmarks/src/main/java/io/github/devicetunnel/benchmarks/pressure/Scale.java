package io.github.devicetunnel.benchmarks.pressure;

import java.time.Duration;

/** The duration and size of the tests. */
public enum Scale {
  /** As required by the tests. */
  FULL(1),
  /** A short run, to check that all tests work. */
  QUICK(10);

  private final int divisor;

  Scale(int divisor) {
    this.divisor = divisor;
  }

  /** Returns a count, scaled. */
  int count(int full) {
    return Math.max(1, full / divisor);
  }

  /** Returns a number of MiB, scaled, in bytes; at least 1 MiB. */
  long mib(int full) {
    return (long) count(full) << 20;
  }

  /**
   * Returns a duration, scaled.
   *
   * @param least the minimum for a meaningful test, usually more than the liveness timeout
   */
  Duration seconds(int full, int least) {
    return Duration.ofSeconds(this == FULL ? full : Math.max(least, full / divisor));
  }
}
