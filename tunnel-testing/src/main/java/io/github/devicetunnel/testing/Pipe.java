package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an in-process connection, with a bounded buffer like that of a socket. A full
 * buffer blocks the writer. One thread may read and one may write; any thread may end the pipe. See
 * docs/rationale/testing.md.
 */
final class Pipe {
  static final int CAPACITY = 64 << 10;

  private final byte[] buffer = new byte[CAPACITY]; // all fields are guarded by this
  private int start;
  private int count;
  private boolean ended;
  private @Nullable Supplier<IOException> failure;

  /** Returns the end to read from. Closing it has no effect. */
  InputStream input() {
    return new Input();
  }

  /** Returns the end to write to. Closing it is equivalent to {@link #end}. */
  OutputStream output() {
    return new Output();
  }

  /** Ends the stream after the bytes that were written. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  synchronized boolean isEnded() {
    return ended || failure != null;
  }

  /** Fails all further reads and writes; buffered bytes are lost. */
  synchronized void fail(Supplier<IOException> cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  private synchronized int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    awaitWhile(() -> count == 0);
    checkNotFailed();
    if (count == 0) {
      return -1;
    }
    int part = Math.min(Math.min(length, count), CAPACITY - start);
    System.arraycopy(buffer, start, bytes, offset, part);
    start = (start + part) % CAPACITY;
    count -= part;
    notifyAll();
    return part;
  }

  private synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int done = 0;
    while (done < length) {
      awaitWhile(() -> count == CAPACITY);
      if (ended) {
        throw new IOException("the output was shut down");
      }
      checkNotFailed();
      int end = (start + count) % CAPACITY;
      int part = Math.min(Math.min(length - done, CAPACITY - count), CAPACITY - end);
      System.arraycopy(bytes, offset + done, buffer, end, part);
      count += part;
      done += part;
      notifyAll();
    }
  }

  private synchronized int available() {
    return count;
  }

  private void checkNotFailed() throws IOException {
    if (failure != null) {
      throw failure.get();
    }
  }

  /** Waits for the other end. The caller holds the lock. */
  private synchronized void awaitWhile(BooleanSupplier blocked) throws InterruptedIOException {
    try {
      while (failure == null && !ended && blocked.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return Pipe.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return Pipe.this.read(bytes, offset, length);
    }

    @Override
    public int available() {
      return Pipe.this.available();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      Pipe.this.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Pipe.this.write(bytes, offset, length);
    }

    @Override
    public void close() {
      end();
    }
  }
}
