package io.github.devicetunnel.benchmarks.pressure;

/**
 * What became of a case.
 *
 * @param measured what was seen, in one line
 */
public record Outcome(Verdict verdict, String measured) {
  /** Whether the bar was reached. */
  public enum Verdict {
    PASS,
    FAIL,
    /** This machine or user cannot do it. */
    SKIP
  }

  static Outcome skipped(String why) {
    return new Outcome(Verdict.SKIP, why);
  }
}
