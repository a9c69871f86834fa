package io.github.devicetunnel.benchmarks.pressure;

import java.time.Duration;

/** How long and how much. */
public enum Scale {
  /** As the bars say. */
  FULL(1),
  /** To see that everything runs. */
  QUICK(10);

  private final int divisor;

  Scale(int divisor) {
    this.divisor = divisor;
  }

  /** So many things, or a part of them. */
  int count(int full) {
    return Math.max(1, full / divisor);
  }

  /** So many MiB, in bytes; at least 1 MiB. */
  long mib(int full) {
    return (long) count(full) << 20;
  }

  /**
   * So long, or a part of it.
   *
   * @param least below which the case would show nothing: more than the liveness timeout, mostly
   */
  Duration seconds(int full, int least) {
    return Duration.ofSeconds(this == FULL ? full : Math.max(least, full / divisor));
  }
}
