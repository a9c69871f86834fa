package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.NewTunnels;
import picocli.CommandLine;

/** Measures the time to open a tunnel, with and without warm connections. See {@code --help}. */
public final class Dials {
  private Dials() {}

  /** Runs the measurement and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new NewTunnels()).execute(args));
  }
}
