package io.github.devicetunnel.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The terminal whose end sends SIGHUP to this process. Thread safe. */
final class ControllingTerminal {
  /** Opens only for a process that has one (POSIX.1-2017, XBD section 10.1). */
  private static final Path DEVICE = Path.of("/dev/tty");

  private ControllingTerminal() {}

  /**
   * Returns whether there is one. Standard streams do not matter. Meaningful before SIGHUP only:
   * the system takes the terminal away first.
   */
  static boolean isPresent() {
    try {
      Files.newInputStream(DEVICE).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
