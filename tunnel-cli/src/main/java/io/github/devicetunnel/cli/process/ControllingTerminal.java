package io.github.devicetunnel.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The terminal that sends SIGHUP to this process when it closes. Thread-safe. */
public final class ControllingTerminal {
  /** Opens only for a process with a controlling terminal (POSIX.1-2017, XBD section 10.1). */
  private static final Path DEVICE = Path.of("/dev/tty");

  private ControllingTerminal() {}

  /**
   * Returns whether this process has a controlling terminal, independently of its standard streams.
   * The result is meaningful only before SIGHUP, because the system removes the terminal before it
   * sends the signal.
   */
  public static boolean isPresent() {
    try {
      Files.newInputStream(DEVICE).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
