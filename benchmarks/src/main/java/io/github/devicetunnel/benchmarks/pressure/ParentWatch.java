package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;

/** Ends a child with its parent, of which its standard input is the sign. */
final class ParentWatch {
  private ParentWatch() {}

  static void start() {
    var unused =
        Background.start(
            "parent-watch",
            () -> {
              awaitEnd();
              return null;
            });
  }

  /** Ends this JVM when the parent has gone. */
  static void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // Words are for those who ask for them.
      }
    } catch (IOException e) {
      // The parent has gone.
    }
    Runtime.getRuntime().halt(0);
  }
}
