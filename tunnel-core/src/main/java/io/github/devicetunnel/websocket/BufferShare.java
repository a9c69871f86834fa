package io.github.devicetunnel.websocket;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Divides the heap among the buffers of all open connections, so that many busy ones become slower
 * instead of running out of memory. From any thread.
 */
final class BufferShare {
  static final int MAX_BYTES = 64 << 10;
  static final int MIN_BYTES = 1 << 10;

  /**
   * Buffers for each direction and for TLS, and as much again outside the heap: the JDK copies what
   * a platform thread reads or writes through a direct buffer, for which the JVM reserves at most
   * the size of the heap.
   */
  private static final int BUFFERS_PER_CONNECTION = 3;

  /** The rest is for the application, and for what each connection needs besides. */
  private static final int HEAP_FRACTION = 4;

  private static final long HEAP = Runtime.getRuntime().maxMemory();

  private static final AtomicInteger OPEN = new AtomicInteger();

  private BufferShare() {}

  static void opened() {
    OPEN.incrementAndGet();
  }

  static void closed() {
    OPEN.decrementAndGet();
  }

  /** Returns the size that a buffer may have now, a power of two from 1 to 64 KiB. */
  static int maxBytes() {
    return maxBytes(HEAP, OPEN.get());
  }

  static int maxBytes(long heap, int connections) {
    long share = heap / HEAP_FRACTION / BUFFERS_PER_CONNECTION / Math.max(1, connections);
    return (int) Math.min(MAX_BYTES, Math.max(MIN_BYTES, Long.highestOneBit(share)));
  }
}
