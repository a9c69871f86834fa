package io.github.devicetunnel.cli.console;

/** The format of output. */
public enum Format {
  /** Text for people. */
  TEXT,
  /** JSON for programs, one object per line. */
  JSON
}
