package io.github.devicetunnel.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The value of an option that is the path of a file. */
final class FilePath {
  private static final String HOME = "~/";

  private FilePath() {}

  /**
   * Reads a path. A shell expands the home of the user only at the beginning of an argument, so not
   * in {@code --ca-file=~/ca.pem}, and not in a file.
   *
   * @throws InvalidPathException if this system does not accept the path
   */
  static Path of(String value) {
    String home = System.getenv("HOME");
    return home != null && value.startsWith(HOME)
        ? Path.of(home, value.substring(HOME.length()))
        : Path.of(value);
  }

  /** What is wrong with it. Does not repeat a key that was given in place of its file. */
  static String defect(String value) {
    return isKey(value)
        ? "takes the name of a file, and not what is in it"
        : Quoted.of(value) + " is no path on this system";
  }

  /** Whether it is what stands in a file of PEM. */
  static boolean isKey(String value) {
    return value.contains("-----BEGIN");
  }
}
