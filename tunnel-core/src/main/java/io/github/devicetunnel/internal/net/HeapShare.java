package io.github.devicetunnel.internal.net;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Divides the heap among the connections of this process. Many busy ones get shorter buffers and
 * become slower, and one that does not fit is rejected before it is dialled: otherwise all of them
 * would run out of memory together. From any thread.
 */
public final class HeapShare {
  /** Of this process. */
  public static final HeapShare SYSTEM = new HeapShare(Runtime.getRuntime().maxMemory());

  static final int MAX_BUFFER_BYTES = 64 << 10;
  static final int MIN_BUFFER_BYTES = 1 << 10;

  /**
   * What a connection with the shortest buffers needs: 19 KiB were measured, and JSSE's buffers.
   */
  private static final long PLAINTEXT_BYTES = 32 << 10;

  private static final long TLS_BYTES = 96 << 10;

  /** One for each direction and one for TLS. */
  private static final int BUFFERS_PER_CONNECTION = 3;

  private static final int BUFFERS_SHARE = 16;

  private final long heap;
  private final AtomicLong leased = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();

  HeapShare(long heap) {
    this.heap = heap;
  }

  /** The room that one connection takes, until it is closed. */
  public final class Lease implements AutoCloseable {
    private final long bytes;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Lease(long bytes) {
      this.bytes = bytes;
    }

    /** Returns the room. Does nothing the second time. */
    @Override
    public void close() {
      if (open.getAndSet(false)) {
        leased.addAndGet(-bytes);
        connections.decrementAndGet();
      }
    }
  }

  /**
   * Takes the room for one more connection.
   *
   * @return null when there is none
   */
  public @Nullable Lease lease(boolean tls) {
    long bytes = bytes(tls);
    if (leased.addAndGet(bytes) > limit()) {
      leased.addAndGet(-bytes);
      return null;
    }
    connections.incrementAndGet();
    return new Lease(bytes);
  }

  /** Returns how many connections of this kind the heap takes, if there are no others. */
  public long maxConnections(boolean tls) {
    return limit() / bytes(tls);
  }

  private static long bytes(boolean tls) {
    return tls ? TLS_BYTES : PLAINTEXT_BYTES;
  }

  /** The rest is for the application. */
  private long limit() {
    return heap / 2;
  }

  /**
   * Returns the size that a buffer may have now, a power of two from 1 to 64 KiB. Buffers that grew
   * when there were fewer connections may stay long until their next read, so that all of them
   * together take up to a third of the heap. They take as much outside it: the JDK copies what a
   * platform thread reads or writes through a direct buffer of its own.
   */
  int maxBufferBytes() {
    long share = heap / BUFFERS_SHARE / BUFFERS_PER_CONNECTION / Math.max(1, connections.get());
    return (int) Math.min(MAX_BUFFER_BYTES, Math.max(MIN_BUFFER_BYTES, Long.highestOneBit(share)));
  }
}
