package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.IdleMemory;
import picocli.CommandLine;

/** Measures the idle memory of peers and their start time. See {@code --help}. */
public final class Footprint {
  private Footprint() {}

  /** Runs the measurement and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IdleMemory()).execute(args));
  }
}
