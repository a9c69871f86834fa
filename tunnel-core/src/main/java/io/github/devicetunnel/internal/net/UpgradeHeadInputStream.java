package io.github.devicetunnel.internal.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A socket's input that can simplify the head of one answer on its way to OkHttp. OkHttp hands over
 * the socket of a 101 only if the header Connection is {@code upgrade} and nothing else, but the
 * header may be a list in several fields (RFC 9110 section 7.6.1). Bytes after the head are not
 * touched and not lost.
 *
 * <p>Reads pass straight through before {@link #expectAnswer} and after the head of the answer. For
 * one thread at a time.
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

  private byte[] bytes = NONE; // read from in, of which position to limit are to be passed on
  private int position;
  private int limit;
  private int head; // where the head begins, an interim response (1xx) may come before it
  private int line; // where the line begins that has no end yet

  UpgradeHeadInputStream(InputStream in) {
    this.in = in;
  }

  /** Simplifies the head of the answer that comes next. */
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

  /** After an exception a further call goes on. */
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

  /** Returns the index after the empty line that ends the head, or -1 when it is not there yet. */
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

  /** A simplified head is never longer than the head before. */
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
