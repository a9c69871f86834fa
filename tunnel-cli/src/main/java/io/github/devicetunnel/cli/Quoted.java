package io.github.devicetunnel.cli;

import io.github.devicetunnel.internal.text.OneLine;

/** Quotes an invalid value for an error message, on one line and shortened. */
final class Quoted {
  private static final int MAX_LENGTH = 100;

  private Quoted() {}

  static String of(String value) {
    return '"' + OneLine.of(value, MAX_LENGTH) + '"';
  }
}
