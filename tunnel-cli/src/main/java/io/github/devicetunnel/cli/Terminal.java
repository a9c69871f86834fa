package io.github.devicetunnel.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a program's output is seen: by a person at a terminal, or not. At a terminal there is one
 * line below all others, which makes room for them: it is erased before anything is written, and
 * comes back when it is next shown. Writing waits for the terminal; {@link Output} is for all else.
 */
final class Terminal {
  /** Set by the launcher when both streams are terminals: Java itself cannot tell for each. */
  static final String VARIABLE = "TUNNEL_TERMINAL";

  private static final String ERASE = "\r\u001b[2K";

  /** What went over into the next line could not be erased. */
  private static final String WRAPPING_OFF = "\u001b[?7l";

  private static final String WRAPPING_ON = "\u001b[?7h";

  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);

  private final OutputStream out;
  private final OutputStream err;
  private final OutputStream bottom;
  private final boolean present;
  private final boolean colours;

  /** Empty when none is on the screen. Guarded by this, as all that is written to a terminal. */
  private String shown = "";

  /** Not while somebody is in the midst of a line. */
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

  /** Whether a person looks at it. */
  boolean isPresent() {
    return present;
  }

  /** Whether words may have a colour. */
  boolean hasColours() {
    return colours;
  }

  /**
   * Puts another line below all others, or none if it is empty. It is cut at the right edge. Does
   * nothing in the background.
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

  /** One of the two streams. */
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
