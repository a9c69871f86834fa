package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;

/**
 * How long the buffer of a reader should be: short at first, longer while reads fill it, and short
 * again after a silence. So a connection that carries much needs few calls of the system, and one
 * that is silent holds little, whatever it has carried before.
 *
 * <p>What wakes the reader of a silent websocket is the pong of its own keep-alive: that is when it
 * lets a long buffer go.
 *
 * <p>With many open connections in a small heap, buffers stay shorter: see {@link HeapShare}.
 *
 * <p>For one thread at a time.
 */
public final class ReadSize {
  private static final int SHORTEST = HeapShare.MIN_BUFFER_BYTES;
  private static final int GROWTH = 4;
  private static final long SILENCE = 1_000_000_000; // ns

  private int bytes = SHORTEST;

  /** What the next buffer should hold, from 1 to 64 KiB. */
  public int bytes() {
    return bytes;
  }

  /** Reads once, and learns from it. */
  public int read(InputStream in, byte[] buffer, int offset, int length) throws IOException {
    long began = System.nanoTime();
    int count = in.read(buffer, offset, length);
    int most = HeapShare.SYSTEM.maxBufferBytes();
    if (count == length || bytes > most) {
      bytes = Math.min(most, bytes * GROWTH);
    } else if (count < SHORTEST && System.nanoTime() - began > SILENCE) {
      bytes = SHORTEST;
    }
    return count;
  }
}
