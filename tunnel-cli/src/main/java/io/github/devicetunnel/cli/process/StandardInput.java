package io.github.devicetunnel.cli.process;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * An unbuffered stream of a descriptor. It waits for bytes even if another process has made the
 * descriptor non-blocking. Not thread-safe. The reading thread must not be interrupted. See {@code
 * docs/rationale/command-line.md}.
 */
public final class StandardInput extends InputStream {
  private final FileChannel channel;
  private final Backoff backoff = new Backoff();

  /** Creates a stream for a descriptor, which the stream never closes. */
  public StandardInput(FileDescriptor descriptor) {
    // FileInputStream.read fails with EAGAIN; a channel returns 0.
    channel = new FileInputStream(descriptor).getChannel();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    int count = channel.read(buffer);
    while (count == 0) {
      backoff.pause();
      count = channel.read(buffer);
    }
    backoff.reset();
    return count;
  }
}
