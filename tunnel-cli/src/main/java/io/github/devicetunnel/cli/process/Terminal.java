package io.github.devicetunnel.cli.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Standard output and standard error, which may be a terminal. On a terminal, a status line can be
 * shown below all other lines. It is erased before each write and appears again with the next
 * {@link #show}. Writes wait for the terminal; {@link Output} does not. Thread-safe.
 */
final class Terminal {
  /**
   * Set by the launcher if both streams are terminals, because Java cannot detect this for each
   * stream.
   */
  static final String VARIABLE = "TUNNEL_TERMINAL";

  private static final String ERASE = "\r\u001b[2K";

  /** Prevents a long line from wrapping, because only the last row can be erased. */
  private static final String WRAPPING_OFF = "\u001b[?7l";

  private static final String WRAPPING_ON = "\u001b[?7h";

  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);

  private final OutputStream out;
  private final OutputStream err;
  private final OutputStream bottom;
  private final boolean present;
  private final boolean colours;

  /**
   * The visible status line, or an empty string. Guarded by this, like all writes to a terminal.
   */
  private String shown = "";

  /** False after an incomplete line, below which the status line is not shown. */
  private boolean atLineStart = true;

  private Terminal(OutputStream out, OutputStream err, boolean present, boolean colours) {
    this.out = present ? new Above(out) : out;
    this.err = present ? new Above(err) : err;
    this.bottom = err;
    this.present = present;
    this.colours = colours;
  }

  static Terminal of(Environment environment, OutputStream out, OutputStream err) {
    boolean present =
        environment.variable(VARIABLE) != null && !"dumb".equals(environment.variable("TERM"));
    return new Terminal(out, err, present, present && environment.variable("NO_COLOR") == null);
  }

  OutputStream out() {
    return out;
  }

  OutputStream err() {
    return err;
  }

  /** Returns whether the streams are a terminal. */
  boolean isPresent() {
    return present;
  }

  /** Returns whether colours are enabled. */
  boolean hasColours() {
    return colours;
  }

  /**
   * Replaces the status line, or removes it if {@code line} is empty. The terminal cuts the line
   * off at its right edge. Does nothing in the background.
   */
  synchronized void show(String line) {
    if (present && atLineStart && !line.equals(shown) && Foreground.now()) {
      try {
        draw(ERASE + (line.isEmpty() ? "" : WRAPPING_OFF + line + WRAPPING_ON + "\r"));
      } catch (IOException e) {
        LOG.debug("the status line cannot be shown", e);
      }
      shown = line;
    }
  }

  private void draw(String controls) throws IOException {
    bottom.write(controls.getBytes(StandardCharsets.US_ASCII));
    bottom.flush();
  }

  private synchronized void writeAbove(OutputStream stream, byte[] bytes, int offset, int length)
      throws IOException {
    if (length == 0) {
      return;
    }
    if (!shown.isEmpty()) {
      shown = "";
      draw(ERASE);
    }
    stream.write(bytes, offset, length);
    stream.flush();
    atLineStart = bytes[offset + length - 1] == '\n';
  }

  /** A stream whose bytes appear above the status line. */
  private final class Above extends OutputStream {
    private final OutputStream stream;

    Above(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      writeAbove(stream, bytes, offset, length);
    }
  }
}
