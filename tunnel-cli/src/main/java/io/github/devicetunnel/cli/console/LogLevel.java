package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.process.Colour;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** A log level. The names are those of SLF4J, and each has a level of the JDK. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  /** Returns the level of a log record. The JDK has further levels between these. */
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

  /** Returns whether stack traces are logged. Without them, a failure is one line. */
  boolean hasStackTraces() {
    return compareTo(DEBUG) >= 0;
  }
}
