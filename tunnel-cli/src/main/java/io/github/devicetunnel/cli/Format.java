package io.github.devicetunnel.cli;

/** Who reads a line. */
enum Format {
  /** A person. */
  TEXT,
  /** A program: one object a line. */
  JSON
}
