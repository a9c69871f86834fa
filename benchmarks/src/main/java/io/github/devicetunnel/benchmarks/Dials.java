package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.NewTunnels;
import picocli.CommandLine;

/**
 * Measures how long a new tunnel takes, with connections kept warm and without. {@code --help}
 * tells the rest.
 */
public final class Dials {
  private Dials() {}

  /** Measures and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new NewTunnels()).execute(args));
  }
}
