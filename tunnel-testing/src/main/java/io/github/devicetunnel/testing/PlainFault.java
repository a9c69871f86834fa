package io.github.devicetunnel.testing;

/** Faults without parameters. */
enum PlainFault implements Fault {
  NONE,
  NO_ANSWER
}
