package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.Comparison;
import picocli.CommandLine;

/**
 * Measures the product and its peers side by side: in one run, round by round, after a warm-up.
 * Prints medians, spreads and ratios. {@code --help} tells the rest.
 */
public final class Compare {
  private Compare() {}

  /** Runs the comparison and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }
}
