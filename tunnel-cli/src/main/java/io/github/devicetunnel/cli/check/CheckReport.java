package io.github.devicetunnel.cli.check;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Json;
import io.github.devicetunnel.cli.failure.ExitCode;
import java.time.Duration;
import java.util.Locale;

/** Reports the steps of a check as text or JSON. */
abstract class CheckReport {

  static CheckReport text(Console console) {
    return new Text(console);
  }

  /**
   * Returns a report with one JSON object per line: {@code step} for each step, then {@code check}.
   */
  static CheckReport json(Console console) {
    return new Events(console);
  }

  abstract void step(CheckStep step);

  abstract void end(int exitCode);

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static final class Text extends CheckReport {
    private static final String INDENTED = " ".repeat(32);

    private final Console console;

    Text(Console console) {
      this.console = console;
    }

    @Override
    void step(CheckStep step) {
      String outcome = step.outcome().name().toLowerCase(Locale.ROOT);
      Duration time = step.time();
      String took = time == null ? "" : String.format(Locale.ROOT, "%.1f ms", millis(time));
      console.report(
          String.format("%-11s %-8s %10s  %s", step.name(), outcome, took, step.message()));
      if (step.advice() != null) {
        console.report(INDENTED + " Try: " + step.advice());
      }
    }

    @Override
    void end(int exitCode) {}
  }

  private static final class Events extends CheckReport {
    private final Console console;

    Events(Console console) {
      this.console = console;
    }

    @Override
    void step(CheckStep step) {
      print(
          "step",
          json -> {
            json.writeStringField("step", step.name());
            json.writeStringField("outcome", step.outcome().name().toLowerCase(Locale.ROOT));
            Duration time = step.time();
            if (time != null) {
              json.writeNumberField("ms", Math.round(millis(time) * 1000) / 1000.0);
            }
            json.writeStringField("message", step.message());
            if (step.advice() != null) {
              json.writeStringField("advice", step.advice());
            }
          });
    }

    @Override
    void end(int exitCode) {
      print(
          "check",
          json -> {
            json.writeStringField("outcome", exitCode == ExitCode.OK ? "ok" : "failed");
            json.writeNumberField("exitCode", exitCode);
          });
    }

    private void print(String event, Json.Fields fields) {
      console.report(Json.event(event, fields));
    }
  }
}
