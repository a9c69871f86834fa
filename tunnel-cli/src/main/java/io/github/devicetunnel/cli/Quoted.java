package io.github.devicetunnel.cli;

import io.github.devicetunnel.internal.text.OneLine;

/** A bad value in an error message: on one line, and not too long. */
final class Quoted {
  private static final int LONGEST = 100;

  private Quoted() {}

  static String of(String value) {
    return '"' + OneLine.of(value, LONGEST) + '"';
  }
}
