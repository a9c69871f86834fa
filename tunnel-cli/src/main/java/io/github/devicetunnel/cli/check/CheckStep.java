package io.github.devicetunnel.cli.check;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A step of a dial, as {@code check} reports it.
 *
 * @param name one word, which is stable for scripts
 * @param time the duration, or null for a step without one
 * @param message the result, or the reason for the failure, in one line
 * @param advice how to fix a failure, or null if the message contains it
 */
record CheckStep(
    String name,
    Outcome outcome,
    @Nullable Duration time,
    String message,
    @Nullable String advice) {

  enum Outcome {
    OK,
    /** The step was not necessary. */
    SKIPPED,
    FAILED
  }

  static CheckStep ok(String name, @Nullable Duration time, String message) {
    return new CheckStep(name, Outcome.OK, time, message, null);
  }

  static CheckStep skipped(String name, String why) {
    return new CheckStep(name, Outcome.SKIPPED, null, why, null);
  }

  static CheckStep failed(
      String name, @Nullable Duration time, String message, @Nullable String advice) {
    return new CheckStep(name, Outcome.FAILED, time, message, advice);
  }
}
