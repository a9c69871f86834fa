package io.github.devicetunnel.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** A queue of bytes that are delayed. Not thread-safe. */
final class DelayLine {
  /** Maximum number of queued bytes, so that a delay does not cause an unbounded queue. */
  private static final int CAPACITY = 1 << 20;

  private static final class Chunk {
    final byte[] bytes;
    final long dueAt;

    Chunk(byte[] bytes, long dueAt) {
      this.bytes = bytes;
      this.dueAt = dueAt;
    }
  }

  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private int held;

  boolean isEmpty() {
    return chunks.isEmpty();
  }

  boolean isFull() {
    return held >= CAPACITY;
  }

  void add(byte[] bytes, long dueAt) {
    chunks.add(new Chunk(bytes, dueAt));
    held += bytes.length;
  }

  /** Returns the nanoseconds until the first bytes are due; zero or negative if they are due. */
  long nanosUntilDue() {
    return chunks.element().dueAt - System.nanoTime();
  }

  byte[] take() {
    byte[] bytes = chunks.remove().bytes;
    held -= bytes.length;
    return bytes;
  }
}
