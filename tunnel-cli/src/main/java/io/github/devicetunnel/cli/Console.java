package io.github.devicetunnel.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** Where lines for a person go: results to standard output, all else to standard error. */
final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final Redaction redaction;

  Console(PrintStream out, PrintStream err, Redaction redaction) {
    this.out = out;
    this.err = err;
    this.redaction = redaction;
  }

  /** For a command whose standard output is another program's: results go to standard error. */
  Console onStandardError() {
    return new Console(err, err, redaction);
  }

  /** For help and version, which picocli prints. */
  PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(out, Charset.defaultCharset()), true);
  }

  void print(String line) {
    out.println(line);
  }

  /** A result that repeats what others have said. */
  void report(String line) {
    out.println(redaction.apply(line));
  }

  /** What becomes of the process, while its standard output is for results. */
  void status(String line) {
    err.println(line);
  }

  /** From now on, this is not shown in messages. */
  void conceal(String secret) {
    redaction.add(secret);
  }

  void warn(String message) {
    err.println("tunnel: warning: " + redaction.apply(message));
  }

  void error(@Nullable String message) {
    err.println("tunnel: " + redaction.apply(String.valueOf(message)));
  }

  /** The second line of an error. */
  void hint(String line) {
    err.println(redaction.apply(line));
  }
}
