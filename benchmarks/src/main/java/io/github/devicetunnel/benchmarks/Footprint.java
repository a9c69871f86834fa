package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.compare.IdleMemory;
import picocli.CommandLine;

/**
 * Measures what peers hold while nothing happens, and how soon they accept connections. {@code
 * --help} tells the rest.
 */
public final class Footprint {
  private Footprint() {}

  /** Measures and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new IdleMemory()).execute(args));
  }
}
