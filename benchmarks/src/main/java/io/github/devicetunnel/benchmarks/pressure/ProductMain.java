package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.cli.Main;

/** The command line as it is, in a child that ends with its parent. */
final class ProductMain {
  private ProductMain() {}

  /** As {@code tunnel}. */
  public static void main(String[] args) {
    ParentWatch.start();
    Main.main(args);
  }
}
