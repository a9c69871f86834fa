package io.github.devicetunnel.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time until which somebody waits. */
public final class Deadline {
  /** Somebody waits for as long as it takes. */
  public static final Deadline NONE = new Deadline(Duration.ZERO);

  private final Duration timeout;
  private final long at;

  private Deadline(Duration timeout) {
    this.timeout = timeout;
    this.at = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
  }

  /**
   * From now.
   *
   * @param timeout zero for none
   */
  public static Deadline in(Duration timeout) {
    return timeout.isZero() ? NONE : new Deadline(timeout);
  }

  /** Whether there is one at all. */
  public boolean isSet() {
    return this != NONE;
  }

  /** Nanoseconds from now, zero or less when it has passed. */
  public long nanosLeft() {
    return at - System.nanoTime();
  }

  /** How long it was when it was set. */
  public Duration timeout() {
    return timeout;
  }
}
