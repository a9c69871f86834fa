package io.github.devicetunnel.cli;

/** A bad value in an error message: on one line, and not too long. */
final class Quoted {
  private static final int LONGEST = 100;

  private Quoted() {}

  static String of(String value) {
    String shown = value.replaceAll("\\p{Cntrl}", "?");
    return "\"" + (shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST) + "...") + "\"";
  }
}
