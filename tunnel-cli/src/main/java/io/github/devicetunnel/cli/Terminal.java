package io.github.devicetunnel.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Where a program's output is seen: by a person at a terminal, or not. At a terminal there is one
 * line below all others, which makes room for them: it is erased before anything is written, and
 * comes back when it is next shown.
 */
final class Terminal {
  /** Set by the launcher when both streams are terminals: Java itself cannot tell for each. */
  static final String VARIABLE = "TUNNEL_TERMINAL";

  private static final String ERASE = "\r\u001b[2K";

  /** What went over into the next line could not be erased. */
  private static final String WRAPPING_OFF = "\u001b[?7l";

  private static final String WRAPPING_ON = "\u001b[?7h";

  /** That of the terminal, which since Java 18 need not be Java's default; since 19 it is told. */
  private static final Charset CHARSET =
      charset(System.getProperty("stdout.encoding", System.getProperty("native.encoding")));

  private final PrintStream out;
  private final PrintStream err;
  private final PrintStream bottom;
  private final boolean present;
  private final boolean colours;

  /** Empty when none is on the screen. Guarded by this, as all that is written to a terminal. */
  private String shown = "";

  /** Not while somebody is in the midst of a line. */
  private boolean atLineStart = true;

  private Terminal(PrintStream out, PrintStream err, boolean present, boolean colours) {
    this.out = present ? new PrintStream(new Above(out), true, CHARSET) : out;
    this.err = present ? new PrintStream(new Above(err), true, CHARSET) : err;
    this.bottom = err;
    this.present = present;
    this.colours = colours;
  }

  private static Charset charset(@Nullable String name) {
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  static Terminal of(Environment environment, PrintStream out, PrintStream err) {
    boolean present =
        environment.variable(VARIABLE) != null && !"dumb".equals(environment.variable("TERM"));
    return new Terminal(out, err, present, present && environment.variable("NO_COLOR") == null);
  }

  static Terminal none(PrintStream out, PrintStream err) {
    return new Terminal(out, err, false, false);
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Whether a person looks at it. */
  boolean isPresent() {
    return present;
  }

  /** Whether words may have a colour. */
  boolean hasColours() {
    return colours;
  }

  /** Puts another line below all others, or none if it is empty. It is cut at the right edge. */
  synchronized void show(String line) {
    if (present && atLineStart && !line.equals(shown)) {
      bottom.print(ERASE + (line.isEmpty() ? "" : WRAPPING_OFF + line + WRAPPING_ON + "\r"));
      bottom.flush();
      shown = line;
    }
  }

  private synchronized void writeAbove(PrintStream stream, byte[] bytes, int offset, int length) {
    if (length == 0) {
      return;
    }
    if (!shown.isEmpty()) {
      bottom.print(ERASE);
      bottom.flush();
      shown = "";
    }
    stream.write(bytes, offset, length);
    stream.flush();
    atLineStart = bytes[offset + length - 1] == '\n';
  }

  /** One of the two streams. */
  private final class Above extends OutputStream {
    private final PrintStream stream;

    Above(PrintStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      writeAbove(stream, bytes, offset, length);
    }
  }
}
