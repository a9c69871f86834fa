package io.github.devicetunnel.cli.process;

/** Colours of words on a terminal, as ANSI escape sequences. */
public enum Colour {
  RED(31),
  YELLOW(33);

  private final int code;

  Colour(int code) {
    this.code = code;
  }

  public String of(String word) {
    return "\u001b[" + code + "m" + word + "\u001b[m";
  }
}
