package io.github.devicetunnel.benchmarks;

import java.io.IOException;

/**
 * Runs the JMH benchmarks of frames, for example {@code benchmarks/run Micro -prof gc}. The
 * arguments are those of JMH; see {@code -h}.
 */
public final class Micro {
  private Micro() {}

  /** Runs JMH. */
  public static void main(String[] args) throws IOException {
    org.openjdk.jmh.Main.main(args);
  }
}
