package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket's input that polls for a short time before it blocks. Putting a thread to sleep and
 * waking it takes longer than a nearby service needs for most answers. See
 * docs/rationale/data-path.md.
 *
 * <p>A read polls only after a wait that was shorter than a spin. Silent connections and network
 * paths with a delay of milliseconds therefore do not spin. At most half of the processors spin,
 * whatever the number of connections, and none on a busy machine.
 *
 * <p>Not thread-safe.
 */
public final class SpinThenBlockInputStream extends BulkInputStream {
  private static final long MAX_SPIN = 200_000; // ns

  /** A yield that takes longer means that another thread needs the processor. */
  private static final long MAX_YIELD = 400_000; // ns

  private static final long PAUSE = 100_000_000; // ns

  private static final int MAX_SPINNING = Runtime.getRuntime().availableProcessors() / 2;
  private static final AtomicInteger SPINNING = new AtomicInteger();

  /** Time at which a thread last found the processors busy. */
  private static volatile long busyAt = System.nanoTime() - PAUSE;

  private final InputStream in;
  private boolean waitWasShort;

  /**
   * Creates an input that behaves like another one.
   *
   * @param in the input of a socket, whose {@link InputStream#available} does not block
   */
  public SpinThenBlockInputStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    long began = System.nanoTime();
    if (waitWasShort && began - busyAt > PAUSE) {
      awaitBytes(began);
    }
    int count = in.read(bytes, offset, length);
    waitWasShort = System.nanoTime() - began < MAX_SPIN;
    return count;
  }

  /** Returns as soon as bytes are available, and at the latest when the spin is over. */
  @SuppressWarnings("ThreadPriorityCheck") // The yield affects only the timing.
  private void awaitBytes(long began) throws IOException {
    try {
      if (SPINNING.incrementAndGet() > MAX_SPINNING) {
        return;
      }
      long now = began;
      while (now - began < MAX_SPIN && in.available() == 0) {
        long before = System.nanoTime();
        Thread.yield();
        now = System.nanoTime();
        if (now - before > MAX_YIELD) {
          busyAt = now;
          return;
        }
      }
    } finally {
      SPINNING.decrementAndGet();
    }
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
