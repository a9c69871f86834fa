package io.github.devicetunnel.internal.net;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A budget that divides the heap among the connections of this process. Many busy connections get
 * shorter buffers and become slower. A connection that exceeds the budget is rejected before its
 * dial, because otherwise all connections would run out of memory together. Thread-safe. See
 * docs/rationale/threads-and-memory.md.
 */
public final class HeapShare {
  /** The budget of this process. */
  public static final HeapShare SYSTEM = new HeapShare(Runtime.getRuntime().maxMemory());

  static final int MAX_BUFFER_BYTES = 64 << 10;
  static final int MIN_BUFFER_BYTES = 1 << 10;

  /**
   * Memory of a connection with the shortest buffers: 19 KiB measured, rounded up. {@code
   * TLS_BYTES} includes JSSE's buffers.
   */
  private static final long PLAINTEXT_BYTES = 32 << 10;

  private static final long TLS_BYTES = 96 << 10;

  /** One buffer for each direction and one for TLS. */
  private static final int BUFFERS_PER_CONNECTION = 3;

  private static final int BUFFERS_SHARE = 16;

  private final long heap;
  private final AtomicLong leased = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();

  HeapShare(long heap) {
    this.heap = heap;
  }

  /** The share of one connection, held until it is closed. */
  public final class Lease implements AutoCloseable {
    private final long bytes;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Lease(long bytes) {
      this.bytes = bytes;
    }

    /** Releases the share. Further calls have no effect. */
    @Override
    public void close() {
      if (open.getAndSet(false)) {
        leased.addAndGet(-bytes);
        connections.decrementAndGet();
      }
    }
  }

  /**
   * Reserves the share of one more connection.
   *
   * @return null if the budget is exhausted
   */
  public @Nullable Lease lease(boolean tls) {
    long bytes = bytes(tls);
    Lease lease = new Lease(bytes); // before it is counted, because there may be no memory for it
    if (leased.addAndGet(bytes) > limit()) {
      leased.addAndGet(-bytes);
      return null;
    }
    connections.incrementAndGet();
    return lease;
  }

  /** Returns the maximum number of connections of this kind if there are no others. */
  public long maxConnections(boolean tls) {
    return limit() / bytes(tls);
  }

  private static long bytes(boolean tls) {
    return tls ? TLS_BYTES : PLAINTEXT_BYTES;
  }

  /** Returns the budget for connections, half of the heap. The application uses the rest. */
  private long limit() {
    return heap / 2;
  }

  /**
   * Returns the current maximum buffer size, a power of two from 1 to 64 KiB. A buffer that grew
   * while there were fewer connections stays long until its next read. All buffers together can
   * therefore take up to a third of the heap. They take as much again outside the heap: the JDK
   * copies the data of a platform thread through a direct buffer of the same size.
   */
  int maxBufferBytes() {
    long share = heap / BUFFERS_SHARE / BUFFERS_PER_CONNECTION / Math.max(1, connections.get());
    return (int) Math.min(MAX_BUFFER_BYTES, Math.max(MIN_BUFFER_BYTES, Long.highestOneBit(share)));
  }
}
