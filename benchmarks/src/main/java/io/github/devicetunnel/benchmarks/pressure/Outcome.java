package io.github.devicetunnel.benchmarks.pressure;

/**
 * The result of a pressure test.
 *
 * @param measured the measurements, on one line
 */
public record Outcome(Verdict verdict, String measured) {
  /** Whether the required result was achieved. */
  public enum Verdict {
    PASS,
    FAIL,
    /** The machine or the user's permissions do not allow the test. */
    SKIP
  }

  static Outcome skipped(String why) {
    return new Outcome(Verdict.SKIP, why);
  }
}
