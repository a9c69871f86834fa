package io.github.devicetunnel.cli;

/** The value of an option that is the path of a file, where it is none. */
final class FilePath {
  private FilePath() {}

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
