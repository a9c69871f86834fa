package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.Comparison;
import picocli.CommandLine;

/**
 * Compares the performance of the product and its peers. All are measured in one run, in
 * alternating rounds after a warm-up. Prints medians, spreads and ratios. See {@code --help}.
 */
public final class Compare {
  private Compare() {}

  /** Runs the comparison and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }
}
