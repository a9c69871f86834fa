package io.github.devicetunnel.cli;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** How much is logged. The names are SLF4J's, and for each there is one of the JDK. */
enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  /** Of something that is logged. The JDK has levels between these. */
  static LogLevel of(LogRecord event) {
    for (LogLevel level : values()) {
      if (event.getLevel().intValue() >= level.ofJdk().intValue()) {
        return level;
      }
    }
    return TRACE;
  }

  Level ofJdk() {
    return switch (this) {
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  @Nullable Colour colour() {
    return switch (this) {
      case ERROR -> Colour.RED;
      case WARN -> Colour.YELLOW;
      default -> null;
    };
  }

  /** For whoever looks for a fault; others are told in one line. */
  boolean hasStackTraces() {
    return compareTo(DEBUG) >= 0;
  }
}
