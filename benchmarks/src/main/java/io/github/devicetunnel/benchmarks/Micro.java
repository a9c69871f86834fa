package io.github.devicetunnel.benchmarks;

import java.io.IOException;

/**
 * Runs the benchmarks of frames with JMH: {@code benchmarks/run Micro -prof gc}. Arguments are
 * JMH's, see {@code -h}.
 */
public final class Micro {
  private Micro() {}

  /** Ends when JMH does. */
  public static void main(String[] args) throws IOException {
    org.openjdk.jmh.Main.main(args);
  }
}
