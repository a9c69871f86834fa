package io.github.devicetunnel.cli.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Detects whether this process is in the foreground of its terminal. A process that a shell started
 * with {@code &} must not draw on the terminal, which another program uses.
 */
final class Foreground {
  private static final Path STAT = Path.of("/proc/self/stat");

  // Indexes of the fields after the program's name in /proc/[pid]/stat, see proc(5).
  private static final int PROCESS_GROUP = 2;
  private static final int FOREGROUND_GROUP = 5;

  private Foreground() {}

  /**
   * Returns whether the process is in the foreground, or true if the system does not provide the
   * information.
   */
  static boolean now() {
    try {
      return isForeground(Files.readString(STAT, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Parses the content of {@code /proc/self/stat}. The program's name may contain spaces and
   * parentheses.
   */
  static boolean isForeground(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= FOREGROUND_GROUP) {
      return true;
    }
    String foreground = fields[FOREGROUND_GROUP];
    // There is no terminal, or its foreground group is not visible in this container.
    boolean unknown = foreground.equals("-1") || foreground.equals("0");
    return unknown || foreground.equals(fields[PROCESS_GROUP]);
  }
}
