package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;

/** An input stream that implements the read of a single byte by a bulk read of length one. */
public abstract class BulkInputStream extends InputStream {
  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] bytes, int offset, int length) throws IOException;
}
