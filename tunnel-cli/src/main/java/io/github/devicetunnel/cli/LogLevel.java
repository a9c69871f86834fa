package io.github.devicetunnel.cli;

/** How much is logged. The names are Logback's. */
enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  /** For whoever looks for a fault; others are told in one line. */
  boolean hasStackTraces() {
    return compareTo(DEBUG) >= 0;
  }
}
