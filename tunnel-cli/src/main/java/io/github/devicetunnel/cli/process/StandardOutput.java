package io.github.devicetunnel.cli.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An unbuffered stream of a descriptor. It waits for space even if another process has made the
 * descriptor non-blocking. One thread may write while another one calls {@link #checkReader};
 * neither may be interrupted. See {@code docs/rationale/command-line.md}.
 */
public final class StandardOutput extends OutputStream {
  /** Any non-empty file. For an empty file, Java 25 skips the system call. */
  private static final Path FILE = Path.of("/proc/self/exe");

  private final FileChannel channel;

  /** A second channel for the same descriptor, because the first one is locked during a write. */
  private final FileChannel checked;

  private final Backoff backoff = new Backoff();

  /** Creates a stream for a descriptor, which the stream never closes. */
  public StandardOutput(FileDescriptor descriptor) {
    // FileOutputStream.write fails with EAGAIN without the number of bytes written; a channel
    // returns the number.
    channel = new FileOutputStream(descriptor).getChannel();
    checked = new FileOutputStream(descriptor).getChannel();
  }

  /**
   * Checks that a pipe has a reader. Writes nothing, but waits while a pipe with a reader is full.
   * Only Linux 5.12 and later report a pipe without a reader. On other systems, and for other kinds
   * of descriptors, this method has no effect.
   *
   * @throws IOException if no process has the pipe open for reading
   */
  public void checkReader() throws IOException {
    FileChannel file;
    try {
      file = FileChannel.open(FILE);
    } catch (IOException e) {
      return; // The reader is unknown.
    }
    try (file) {
      // The kernel checks for a reader before it checks for bytes: docs/rationale/command-line.md.
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
