package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.cli.Main;

/** The unmodified command line, in a child process that ends with its parent. */
final class ProductMain {
  private ProductMain() {}

  /** Runs the {@code tunnel} command. */
  public static void main(String[] args) {
    ParentWatch.start();
    Main.main(args);
  }
}
