package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;

/**
 * A read-ahead buffer for a socket's input below TLS. JSSE reads each record in two reads, of 5
 * bytes and of at most 16 KiB. One read of this class takes several records from the socket and
 * saves a third of the processor time of a download. See docs/rationale/data-path.md.
 *
 * <p>A read blocks only if the buffer is empty, and never waits for more bytes than have arrived.
 * The buffer is allocated at the first short read, with the size that {@link ReadSize} determines.
 * Long reads bypass the buffer.
 *
 * <p>Not thread-safe.
 */
final class ReadAheadInputStream extends BulkInputStream {
  /**
   * Minimum length of a read that bypasses the buffer. Its caller has a buffer and does not read
   * the header of a TLS record.
   */
  private static final int LONG_READ = 512;

  private final InputStream in;
  private final ReadSize size = new ReadSize();
  private byte[] buffer = new byte[0];
  private int position;
  private int limit;

  ReadAheadInputStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (position == limit) {
      if (length == 0 || length >= Math.max(buffer.length, LONG_READ)) {
        return in.read(bytes, offset, length);
      }
      fill();
      if (limit == 0) {
        return -1;
      }
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, offset, count);
    position += count;
    return count;
  }

  private void fill() throws IOException {
    if (buffer.length != size.bytes()) {
      buffer = new byte[size.bytes()];
    }
    position = 0;
    limit = 0;
    limit = Math.max(0, size.read(in, buffer, 0, buffer.length));
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
