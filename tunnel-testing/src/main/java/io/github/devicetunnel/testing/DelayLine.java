package io.github.devicetunnel.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes on their way that have still to wait. For one thread. */
final class DelayLine {
  /** What a line holds at most, so that a delay does not turn into a queue without end. */
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

  /** Nanoseconds until the first bytes may go on; not positive when they may. */
  long nanosUntilDue() {
    return chunks.element().dueAt - System.nanoTime();
  }

  byte[] take() {
    byte[] bytes = chunks.remove().bytes;
    held -= bytes.length;
    return bytes;
  }
}
