package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.process.Colour;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

/** Formats log records and filters them. */
final class LogFormatter extends Formatter {
  private static final int MAX_LEVEL_LENGTH = 5;

  private final Format format;
  private final boolean traces;
  private final boolean colours;
  private final MessageFilter filter;

  LogFormatter(LogLevel level, Format format, boolean colours, MessageFilter filter) {
    this.format = format;
    this.traces = level.hasStackTraces();
    this.colours = colours;
    this.filter = filter;
  }

  @Override
  public String format(LogRecord event) {
    return (format == Format.JSON ? json(event) : filter.apply(text(event)))
        + System.lineSeparator();
  }

  /**
   * Formats the failure to format a record. The line has no time and no message, either of which
   * may be the cause.
   */
  String formatFailure(Throwable failure) {
    String message =
        "a log record could not be formatted ("
            + failure.getClass().getName()
            + "); raise the limit of open files or memory";
    return (format == Format.JSON
            ? "{\"level\":\"ERROR\",\"logger\":\"tunnel\",\"message\":\"" + message + "\"}"
            : "tunnel: " + message)
        + System.lineSeparator();
  }

  private String text(LogRecord event) {
    LogLevel level = LogLevel.of(event);
    String name = level + " ".repeat(MAX_LEVEL_LENGTH - level.name().length());
    Colour colour = colours ? level.colour() : null;
    StringBuilder line = new StringBuilder();
    line.append(Clock.FORMAT.format(event.getInstant())).append(' ');
    line.append(colour == null ? name : colour.of(name));
    if (traces) {
      line.append(" [").append(Thread.currentThread().getName()).append("] ");
      line.append(event.getLoggerName()).append(':');
    }
    line.append(' ').append(OneLine.printable(formatMessage(event)));
    Throwable thrown = event.getThrown();
    if (traces && thrown != null) {
      line.append(System.lineSeparator()).append(stackTrace(thrown).stripTrailing());
    }
    return line.toString();
  }

  private String json(LogRecord event) {
    return Json.object(
        json -> {
          json.writeStringField("time", Json.time(event.getInstant()));
          json.writeStringField("level", LogLevel.of(event).name());
          json.writeStringField("logger", event.getLoggerName());
          // A log record contains only a thread number, but the thread that logs also formats the
          // record.
          json.writeStringField("thread", filter.apply(Thread.currentThread().getName()));
          // Redact before JSON escaping, which could hide a secret from the patterns.
          json.writeStringField("message", filter.apply(OneLine.printable(formatMessage(event))));
          Throwable thrown = event.getThrown();
          if (traces && thrown != null) {
            json.writeStringField("stackTrace", filter.apply(stackTrace(thrown)));
          }
        });
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString()
        .lines()
        .map(LogFormatter::stackLine)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** Replaces unprintable characters in a line of a stack trace, except leading tabs. */
  private static String stackLine(String line) {
    int tabs = 0;
    while (tabs < line.length() && line.charAt(tabs) == '\t') {
      tabs++;
    }
    return line.substring(0, tabs) + OneLine.printable(line.substring(tabs));
  }

  /**
   * Loads time zones only if a line is logged, which saves time at startup. Listeners load them in
   * the background; see {@link Preparation}.
   */
  private static final class Clock {
    static final DateTimeFormatter FORMAT =
        DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
  }
}
