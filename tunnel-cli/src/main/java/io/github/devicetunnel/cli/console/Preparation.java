package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.process.Daemons;
import java.io.IOException;

/**
 * Loads in the background what the log requires, while files can be opened. Java initializes a
 * class, and opens a jar, only once: if the process has no free file descriptor at that moment, the
 * class is missing until the process ends. See {@code docs/rationale/command-line.md}.
 */
public final class Preparation {
  private final Thread thread = Daemons.thread("preparation", Preparation::run);

  private Preparation() {}

  /** Starts the preparation. Without a free thread, prepares before it returns. */
  public static Preparation start() {
    Preparation preparation = new Preparation();
    try {
      preparation.thread.start();
    } catch (OutOfMemoryError e) {
      run();
    }
    return preparation;
  }

  /** Waits until the preparation is complete. An interrupt ends the wait and is preserved. */
  public void await() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run() {
    try {
      openJars();
      Logging.rehearse();
    } catch (IOException | RuntimeException | Error e) {
      // The program serves connections without it.
    }
  }

  /** Searches for a resource that no jar has, which opens all jars. */
  private static void openJars() throws IOException {
    boolean unused =
        ClassLoader.getSystemClassLoader().getResources("META-INF/absent").hasMoreElements();
  }
}
