package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.benchmarks.pressure.Outcome.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Collects the measurements and failures of a test. Not thread-safe. */
@SuppressWarnings("AnnotateFormatMethod") // would need a dependency for one annotation
final class Findings {
  private final List<String> measured = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Findings saw(String format, Object... values) {
    measured.add(String.format(format, values));
    return this;
  }

  /** Fails the test if a condition is false. */
  Findings require(boolean itIsSo, String format, Object... values) {
    if (!itIsSo) {
      failures.add("FAILED: " + String.format(format, values));
    }
    return this;
  }

  Outcome outcome() {
    List<String> all = new ArrayList<>(failures);
    all.addAll(measured);
    return new Outcome(failures.isEmpty() ? Verdict.PASS : Verdict.FAIL, String.join("; ", all));
  }
}
