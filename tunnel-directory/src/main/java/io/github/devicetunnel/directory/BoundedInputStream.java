package io.github.devicetunnel.directory;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** An input that fails after a number of bytes or a time, so that no page occupies its reader. */
final class BoundedInputStream extends FilterInputStream {
  private final long maxBytes;
  private final Duration maxTime;
  private final long startedAt = System.nanoTime();
  private long count;

  BoundedInputStream(InputStream in, long maxBytes, Duration maxTime) {
    super(in);
    this.maxBytes = maxBytes;
    this.maxTime = maxTime;
  }

  /** Thrown when the input is too long or too slow. */
  static final class LimitException extends IOException {
    private static final long serialVersionUID = 1L;

    LimitException(String message) {
      super(message);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count += Math.max(0, read);
    if (count > maxBytes) {
      throw new LimitException("longer than " + (maxBytes >> 20) + " MiB");
    }
    if (System.nanoTime() - startedAt > maxTime.toNanos()) {
      throw new LimitException("not complete within " + maxTime.toSeconds() + " s");
    }
    return read;
  }
}
