package io.github.devicetunnel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Writes to a descriptor without a buffer, and waits for room also where another process made the
 * descriptor non-blocking. One thread may write while another one calls {@link #checkReader}. Both
 * must not be interrupted.
 */
final class StandardOutput extends OutputStream {
  /** A file that is there and not empty: for an empty one Java 25 does not ask the system. */
  private static final Path FILE = Path.of("/proc/self/exe");

  private final FileChannel channel;

  /** For the same descriptor, because the other channel is locked while it writes. */
  private final FileChannel checked;

  private final Backoff backoff = new Backoff();

  /** For a descriptor that is never closed here. */
  StandardOutput(FileDescriptor descriptor) {
    // FileOutputStream.write fails with EAGAIN and does not report how many bytes it wrote before;
    // the channel does.
    channel = new FileOutputStream(descriptor).getChannel();
    checked = new FileOutputStream(descriptor).getChannel();
  }

  /**
   * Fails if the descriptor is a pipe that no process has open for reading. Writes nothing. Waits
   * while a pipe with a reader is full. Only Linux 5.12 and later report a pipe without a reader;
   * elsewhere, and for other kinds of descriptors, the method has no effect.
   */
  void checkReader() throws IOException {
    FileChannel file;
    try {
      file = FileChannel.open(FILE);
    } catch (IOException e) {
      return; // Says nothing about the reader.
    }
    try (file) {
      // The kernel looks for a reader before it looks for bytes: docs/rationale/command-line.md.
      long unused = file.transferTo(0, 0, checked);
    }
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
