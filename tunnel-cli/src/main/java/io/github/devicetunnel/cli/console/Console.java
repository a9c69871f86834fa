package io.github.devicetunnel.cli.console;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Colour;
import io.github.devicetunnel.cli.process.LineOutput;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.cli.value.DeviceNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The output of a command: results go to standard output, and all other lines to standard error.
 */
public final class Console {
  private static final Logger LOG = LoggerFactory.getLogger("tunnel");

  /** The message of EPIPE: a program such as {@code head} has read enough. */
  private static final String BROKEN_PIPE = "Broken pipe";

  private final Output output;
  private final LineOutput out;
  private final LineOutput err;
  private final MessageFilter filter;

  /** Shared by all consoles that are derived from one console, because they use one log. */
  private final AtomicReference<Format> logFormat;

  public Console(Output output, Redaction redaction) {
    this(
        output,
        new MessageFilter(redaction, new DeviceNames()),
        new AtomicReference<>(Format.TEXT));
  }

  private Console(Output output, MessageFilter filter, AtomicReference<Format> logFormat) {
    this.logFormat = logFormat;
    this.output = output;
    this.out = output.out();
    this.err = output.err();
    this.filter = filter;
  }

  public Output output() {
    return output;
  }

  /**
   * Returns a console that writes results to standard error, for a command that leaves standard
   * output to another program.
   */
  public Console onStandardError() {
    return new Console(output.onStandardError(), filter, logFormat);
  }

  /**
   * Configures the log. In JSON format, status lines, warnings and errors are logged too, because a
   * program parses standard error.
   */
  public void log(LogLevel level, Format format) {
    Logging.to(output, level, format, filter);
    logFormat.set(format);
  }

  /** Returns a writer for the help and version that picocli prints. */
  public PrintWriter writer() {
    return new PrintWriter(new Results(), true);
  }

  /** Returns the colour scheme of the help. */
  public CommandLine.Help.ColorScheme colourScheme() {
    return CommandLine.Help.defaultColorScheme(
        output.hasColours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }

  /** Writes a line about open tunnels, without waiting for its reader. */
  public void print(String line) {
    out.println(line);
  }

  /**
   * Writes a line of a command's result, and waits for its reader.
   *
   * @throws CommandFailure if standard output cannot be written; without a message if its reader
   *     has ended
   */
  public void result(String line) {
    out.printResult(line + System.lineSeparator());
    IOException failure = out.failure();
    if (failure != null) {
      String reason = String.valueOf(failure.getMessage());
      throw CommandFailure.of(
          ExitCode.NOT_ORDERLY,
          reason.contains(BROKEN_PIPE) ? "" : "standard output cannot be written: " + reason);
    }
  }

  /**
   * Writes a line of a result that contains text from other programs, after the filter of messages.
   */
  public void report(String line) {
    result(filter.apply(line));
  }

  /** Writes a line about the state of the process to standard error. */
  public void status(String line) {
    if (logFormat.get() == Format.JSON) {
      LOG.info(line);
    } else {
      err.println(line);
    }
  }

  /** Redacts a secret in all later messages. */
  public void conceal(String secret) {
    filter.redaction().add(secret);
  }

  public void warn(String message) {
    if (logFormat.get() == Format.JSON) {
      LOG.warn(message);
    } else {
      err.println(coloured("tunnel: warning:", Colour.YELLOW) + " " + redact(message));
    }
  }

  public void error(@Nullable String message) {
    if (logFormat.get() == Format.JSON) {
      LOG.error(message);
    } else {
      err.println(coloured("tunnel:", Colour.RED) + " " + redact(String.valueOf(message)));
    }
  }

  /** Writes the second line of an error. */
  public void hint(String line) {
    if (logFormat.get() == Format.JSON) {
      LOG.error(line);
    } else {
      err.println(filter.apply(line));
    }
  }

  private String coloured(String word, Colour colour) {
    return output.hasColours() ? colour.of(word) : word;
  }

  /** Returns the names of devices, which all messages show beside their IDs. */
  public DeviceNames deviceNames() {
    return filter.names();
  }

  /** Returns whether a text contains a secret, or looks like one. */
  public boolean isSecret(String text) {
    return !filter.redaction().apply(text).equals(text);
  }

  /** Redacts secrets in a text and adds the names of devices. Returns null for null. */
  public @Nullable String redact(@Nullable String text) {
    return text == null ? null : filter.apply(text);
  }

  /** A writer that passes text on when it is flushed, and waits for its reader. */
  private final class Results extends Writer {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] characters, int offset, int length) {
      text.append(characters, offset, length);
    }

    @Override
    public void flush() {
      out.printResult(text.toString());
      text.setLength(0);
    }

    @Override
    public void close() {
      flush();
    }
  }
}
