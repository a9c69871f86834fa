package io.github.devicetunnel.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A point in time at which a wait ends. */
public final class Deadline {
  /** No deadline: waits without a limit. */
  public static final Deadline NONE = new Deadline(Duration.ZERO);

  private final Duration timeout;
  private final long at;

  private Deadline(Duration timeout) {
    this.timeout = timeout;
    this.at = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
  }

  /**
   * Returns a deadline relative to now.
   *
   * @param timeout zero means no deadline
   */
  public static Deadline in(Duration timeout) {
    return timeout.isZero() ? NONE : new Deadline(timeout);
  }

  /**
   * Returns a deadline relative to now.
   *
   * @param time zero or less means now
   */
  public static Deadline after(Duration time) {
    return new Deadline(time);
  }

  /** Returns whether there is a deadline. */
  public boolean isSet() {
    return this != NONE;
  }

  /** Returns the nanoseconds until the deadline, zero or negative if it has passed. */
  public long nanosLeft() {
    return at - System.nanoTime();
  }

  /** Returns the timeout with which the deadline was created. */
  public Duration timeout() {
    return timeout;
  }
}
