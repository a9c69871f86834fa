package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;

/**
 * A socket's input for TLS, which asks for each record in two reads, of five bytes and of at most
 * 16 KiB: takes what has come for several records at once instead, and needs a third less processor
 * time for a download.
 *
 * <p>It waits only when it has nothing, and never for more than came. Its buffer is made at the
 * first read that is shorter, as {@link ReadSize} says; longer reads go past it.
 *
 * <p>For one thread at a time.
 */
final class ReadAheadInputStream extends BulkInputStream {
  /** Who asks for as much has a buffer, and asks for no header of TLS. */
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
