package io.github.devicetunnel.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One step on the way to a tunnel, as {@code check} reports it.
 *
 * @param name one word, which programs may depend on
 * @param time null for a step that takes none
 * @param message what was found, or why it failed, in one line
 * @param advice what to try about a failure; null where the message says it
 */
record CheckStep(
    String name,
    Outcome outcome,
    @Nullable Duration time,
    String message,
    @Nullable String advice) {

  enum Outcome {
    OK,
    /** It was not needed. */
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
