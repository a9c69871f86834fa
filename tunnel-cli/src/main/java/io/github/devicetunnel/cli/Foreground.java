package io.github.devicetunnel.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this process is in the foreground of its terminal. One that a shell started with {@code
 * &} shares the screen with what the user does now, and must not draw there.
 */
final class Foreground {
  private static final Path STAT = Path.of("/proc/self/stat");

  // Fields of proc(5) behind the name of the program.
  private static final int PROCESS_GROUP = 2;
  private static final int FOREGROUND_GROUP = 5;

  private Foreground() {}

  /** Returns true where the system does not tell. */
  static boolean now() {
    try {
      return isForeground(Files.readString(STAT, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return true;
    }
  }

  /** The name of the program may contain blanks and parentheses. */
  static boolean isForeground(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= FOREGROUND_GROUP) {
      return true;
    }
    String foreground = fields[FOREGROUND_GROUP];
    // Neither a group of this terminal, nor one that this container could see.
    boolean unknown = foreground.equals("-1") || foreground.equals("0");
    return unknown || foreground.equals(fields[PROCESS_GROUP]);
  }
}
