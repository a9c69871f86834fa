package io.github.devicetunnel.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Where lines for a person go: results to standard output, all else to standard error. */
final class Console {
  private static final Logger LOG = LoggerFactory.getLogger("tunnel");

  private final Terminal terminal;
  private final PrintStream out;
  private final PrintStream err;
  private final Redaction redaction;
  private final AtomicBoolean outputIsClosed = new AtomicBoolean();

  /** The same for those that were made of each other, as they have one log. */
  private final AtomicReference<Format> logFormat;

  Console(Terminal terminal, Redaction redaction) {
    this(terminal, redaction, new AtomicReference<>(Format.TEXT));
  }

  private Console(Terminal terminal, Redaction redaction, AtomicReference<Format> logFormat) {
    this.logFormat = logFormat;
    this.terminal = terminal;
    this.out = terminal.out();
    this.err = terminal.err();
    this.redaction = redaction;
  }

  /** Without a terminal. */
  Console(PrintStream out, PrintStream err, Redaction redaction) {
    this(Terminal.none(out, err), redaction);
  }

  /** Absent when a person sees neither standard output nor standard error. */
  Terminal terminal() {
    return terminal;
  }

  /** For a command whose standard output is another program's: results go to standard error. */
  Console onStandardError() {
    return new Console(Terminal.none(err, err), redaction, logFormat);
  }

  /**
   * Sets what is logged, and how. Who wants the log as JSON reads standard error by machine, so
   * everything else that goes there is told to the log.
   */
  void log(LogLevel level, Format format) {
    Logging.to(terminal, level, format, redaction);
    logFormat.set(format);
  }

  /** For help and version, which picocli prints. */
  PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(out, Charset.defaultCharset()), true);
  }

  /** Of help. */
  CommandLine.Help.ColorScheme colourScheme() {
    return CommandLine.Help.defaultColorScheme(
        terminal.hasColours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }

  /** Also when nobody reads any more: tunnels go on without. */
  void print(String line) {
    out.println(line);
    if (out.checkError() && outputIsClosed.compareAndSet(false, true)) {
      LOG.warn("standard output was closed: what goes there is lost");
    }
  }

  /** A result that repeats what others have said. */
  void report(String line) {
    out.println(redaction.apply(line));
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
      err.println(redact(line));
    }
  }

  private String coloured(String word, Colour colour) {
    return terminal.hasColours() ? colour.of(word) : word;
  }

  /** Takes secrets out; null stays null. */
  @Nullable String redact(@Nullable String text) {
    return text == null ? null : redaction.apply(text);
  }
}
