package io.github.devicetunnel.cli.value;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The value of an option that is the path of a file. */
public final class FilePath {
  private static final String HOME = "~/";

  private FilePath() {}

  /**
   * Reads a path and expands {@code ~/}. A shell expands it only at the beginning of an argument,
   * so not in {@code --ca-file=~/ca.pem}, and not in a configuration file.
   *
   * @throws InvalidPathException if this system does not accept the path
   */
  public static Path of(String value) {
    String home = System.getenv("HOME");
    return home != null && value.startsWith(HOME)
        ? Path.of(home, value.substring(HOME.length()))
        : Path.of(value);
  }

  /**
   * Describes an invalid path. Does not repeat a key that was given instead of the name of its
   * file.
   */
  public static String defect(String value) {
    return isKey(value)
        ? "must be the path of a file, but is the content of one"
        : Quoted.of(value) + " is not a valid path on this system";
  }

  /** Returns whether a value is the content of a PEM file. */
  public static boolean isKey(String value) {
    return value.contains("-----BEGIN");
  }
}
