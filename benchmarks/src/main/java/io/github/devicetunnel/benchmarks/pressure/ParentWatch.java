package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;

/**
 * Ends a child process together with its parent, which is detected by the end of standard input.
 */
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

  /** Waits for the end of standard input and then halts this JVM. */
  static void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // Input lines are ignored.
      }
    } catch (IOException e) {
      // The parent has gone.
    }
    Runtime.getRuntime().halt(0);
  }
}
