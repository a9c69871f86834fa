package io.github.devicetunnel.cli.value;

import io.github.devicetunnel.internal.text.OneLine;

/** Quotes an invalid value for an error message, on one line and shortened. */
public final class Quoted {
  private static final int MAX_LENGTH = 100;

  private Quoted() {}

  public static String of(String value) {
    return '"' + OneLine.of(value, MAX_LENGTH) + '"';
  }
}
