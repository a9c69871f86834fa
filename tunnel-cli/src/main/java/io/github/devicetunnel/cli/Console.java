package io.github.devicetunnel.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Where lines for a person go: results to standard output, all else to standard error. */
final class Console {
  private static final Logger LOG = LoggerFactory.getLogger("tunnel");

  private final Output output;
  private final LineOutput out;
  private final LineOutput err;
  private final Redaction redaction;

  /** The same for those that were made of each other, as they have one log. */
  private final AtomicReference<Format> logFormat;

  Console(Output output, Redaction redaction) {
    this(output, redaction, new AtomicReference<>(Format.TEXT));
  }

  private Console(Output output, Redaction redaction, AtomicReference<Format> logFormat) {
    this.logFormat = logFormat;
    this.output = output;
    this.out = output.out();
    this.err = output.err();
    this.redaction = redaction;
  }

  Output output() {
    return output;
  }

  /** For a command whose standard output is another program's: results go to standard error. */
  Console onStandardError() {
    return new Console(output.onStandardError(), redaction, logFormat);
  }

  /**
   * Sets what is logged, and how. Who wants the log as JSON reads standard error by machine, so
   * everything else that goes there is told to the log.
   */
  void log(LogLevel level, Format format) {
    Logging.to(output, level, format, redaction);
    logFormat.set(format);
  }

  /** For help and version, which picocli prints. */
  PrintWriter writer() {
    return new PrintWriter(new Results(), true);
  }

  /** Of help. */
  CommandLine.Help.ColorScheme colourScheme() {
    return CommandLine.Help.defaultColorScheme(
        output.hasColours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }

  /** Writes a line about tunnels that are open, which must not wait for its reader. */
  void print(String line) {
    out.println(line);
  }

  /** Writes a line that a command ends with, and waits for its reader. */
  void result(String line) {
    out.printResult(line + System.lineSeparator());
  }

  /** Writes a result that repeats what others have said. */
  void report(String line) {
    result(redaction.apply(line));
  }

  /** What becomes of the process, while its standard output is for results. */
  void status(String line) {
    if (logFormat.get() == Format.JSON) {
      LOG.info(line);
    } else {
      err.println(line);
    }
  }

  /** From now on, this is not shown in messages. */
  void conceal(String secret) {
    redaction.add(secret);
  }

  void warn(String message) {
    if (logFormat.get() == Format.JSON) {
      LOG.warn(message);
    } else {
      err.println(coloured("tunnel: warning:", Colour.YELLOW) + " " + redact(message));
    }
  }

  void error(@Nullable String message) {
    if (logFormat.get() == Format.JSON) {
      LOG.error(message);
    } else {
      err.println(coloured("tunnel:", Colour.RED) + " " + redact(String.valueOf(message)));
    }
  }

  /** The second line of an error. */
  void hint(String line) {
    if (logFormat.get() == Format.JSON) {
      LOG.error(line);
    } else {
      err.println(redaction.apply(line));
    }
  }

  private String coloured(String word, Colour colour) {
    return output.hasColours() ? colour.of(word) : word;
  }

  /** Takes secrets out; null stays null. */
  @Nullable String redact(@Nullable String text) {
    return text == null ? null : redaction.apply(text);
  }

  /** Passes on what was written when it is flushed, and waits for its reader. */
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
