package io.github.devicetunnel.internal.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A socket's input that can simplify the head of one response before OkHttp reads it. OkHttp
 * provides the socket of a 101 response only if the header Connection is exactly {@code upgrade}.
 * RFC 9110 section 7.6.1 also allows a list in several fields. Bytes after the head are passed on
 * unchanged. See docs/rationale/data-path.md.
 *
 * <p>Reads bypass the buffer before {@link #expectAnswer} and after the head of the response. Not
 * thread-safe.
 */
public final class UpgradeHeadInputStream extends BulkInputStream {
  /** A longer head is passed on unchanged. */
  private static final int MAX_HEAD = 64 << 10;

  private static final int FIRST_READ = 8 << 10;
  private static final byte[] NONE = {};

  /** A socket whose input is an {@link UpgradeHeadInputStream}. */
  public interface Owner {
    UpgradeHeadInputStream getInputStream() throws IOException;
  }

  private final InputStream in;
  private boolean expecting;

  private byte[] bytes = NONE; // read from in; position to limit is not passed on yet
  private int position;
  private int limit;
  private int head; // start of the head, which interim responses (1xx) may precede
  private int line; // start of the first incomplete line

  UpgradeHeadInputStream(InputStream in) {
    this.in = in;
  }

  /** Enables the filter for the head of the next response. */
  public void expectAnswer() {
    expecting = true;
    head = position;
    line = position;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (expecting) {
      readHead();
      expecting = false;
    }
    if (position == limit) {
      return in.read(target, offset, length);
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(bytes, position, target, offset, count);
    position += count;
    if (position == limit) {
      clear();
    }
    return count;
  }

  private void clear() {
    bytes = NONE;
    position = 0;
    limit = 0;
    head = 0;
    line = 0;
  }

  /**
   * Reads up to the end of the head and replaces it. After an exception, another call continues.
   */
  private void readHead() throws IOException {
    do {
      for (int end = headEnd(); end >= 0; end = headEnd()) {
        String text = new String(bytes, head, end - head, ISO_8859_1);
        if (!UpgradeHead.isInterim(text)) {
          replaceHead(end, UpgradeHead.simplified(text).getBytes(ISO_8859_1));
          return;
        }
        head = end;
      }
    } while (limit < MAX_HEAD && readMore());
  }

  private boolean readMore() throws IOException {
    if (limit == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(FIRST_READ, 2 * bytes.length));
    }
    int count = in.read(bytes, limit, bytes.length - limit);
    limit += Math.max(0, count);
    return count >= 0;
  }

  /** Returns the index after the empty line that ends the head, or -1 if the head is incomplete. */
  private int headEnd() {
    for (int i = line; i < limit; i++) {
      if (bytes[i] == '\n') {
        boolean empty = i == line || (i == line + 1 && bytes[line] == '\r');
        line = i + 1;
        if (empty) {
          return line;
        }
      }
    }
    return -1;
  }

  /** Replaces the head, which ends at {@code end}, with a text that is not longer. */
  private void replaceHead(int end, byte[] text) {
    int start = end - text.length;
    System.arraycopy(bytes, position, bytes, position + start - head, head - position);
    System.arraycopy(text, 0, bytes, start, text.length);
    position += start - head;
  }

  @Override
  public int available() throws IOException {
    return position < limit ? limit - position : in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
