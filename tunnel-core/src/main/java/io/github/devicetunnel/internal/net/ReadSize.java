package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;

/**
 * An adaptive size for a read buffer: short at first, longer while reads fill the buffer, and short
 * again after silence. A busy connection needs few system calls, and a silent connection holds
 * little memory.
 *
 * <p>The pong of the connection's own keep-alive wakes the reader of a silent websocket, which then
 * replaces a long buffer.
 *
 * <p>With many open connections in a small heap, buffers stay shorter; see {@link HeapShare}.
 *
 * <p>Not thread-safe.
 */
public final class ReadSize {
  private static final int MIN_BYTES = HeapShare.MIN_BUFFER_BYTES;
  private static final int GROWTH = 4;
  private static final long SILENCE = 1_000_000_000; // ns

  private int bytes = MIN_BYTES;

  /** Returns the size of the next buffer in bytes, from 1 to 64 KiB. */
  public int bytes() {
    return bytes;
  }

  /** Reads once from the input and adjusts the size. */
  public int read(InputStream in, byte[] buffer, int offset, int length) throws IOException {
    long began = System.nanoTime();
    int count = in.read(buffer, offset, length);
    int max = HeapShare.SYSTEM.maxBufferBytes();
    if (count == length || bytes > max) {
      bytes = Math.min(max, bytes * GROWTH);
    } else if (count < MIN_BYTES && System.nanoTime() - began > SILENCE) {
      bytes = MIN_BYTES;
    }
    return count;
  }
}
