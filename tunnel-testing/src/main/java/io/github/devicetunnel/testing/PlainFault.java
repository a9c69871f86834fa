package io.github.devicetunnel.testing;

/** Faults of which there is nothing more to say. */
enum PlainFault implements Fault {
  NONE,
  NO_ANSWER
}
