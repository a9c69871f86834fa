package io.github.devicetunnel.cli;

/** The format of output. */
enum Format {
  /** Text for people. */
  TEXT,
  /** JSON for programs, one object per line. */
  JSON
}
