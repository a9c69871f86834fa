package io.github.devicetunnel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes to a descriptor without a buffer, and waits for room also where another process made the
 * descriptor non-blocking. For one thread, which must not be interrupted.
 */
final class StandardOutput extends OutputStream {
  private final FileChannel channel;
  private final Backoff backoff = new Backoff();

  /** For a descriptor that is never closed here. */
  StandardOutput(FileDescriptor descriptor) {
    // FileOutputStream.write fails with EAGAIN and does not report how many bytes it wrote before;
    // the channel does.
    channel = new FileOutputStream(descriptor).getChannel();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        backoff.pause();
      } else {
        backoff.reset();
      }
    }
  }
}
