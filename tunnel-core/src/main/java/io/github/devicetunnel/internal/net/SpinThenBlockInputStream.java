package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket's input, which stays awake for the next bytes while they come in quick succession. To
 * put a thread to sleep and to wake it on a processor that slept as well takes longer than most of
 * what a near service has to do for its answer.
 *
 * <p>It spins only after a wait that was shorter than a spin, so never on a path of many
 * milliseconds nor on a silent connection; on no more than half of the processors, whatever the
 * number of connections; and not on a machine where the processors are needed for something else.
 *
 * <p>For one thread at a time.
 */
public final class SpinThenBlockInputStream extends BulkInputStream {
  private static final long LONGEST_SPIN = 200_000; // ns

  /** Whoever is not back from a yield by then has a processor that somebody else works on. */
  private static final long LONGEST_YIELD = 400_000; // ns

  private static final long PAUSE = 100_000_000; // ns

  private static final int MOST_SPINNING = Runtime.getRuntime().availableProcessors() / 2;
  private static final AtomicInteger SPINNING = new AtomicInteger();

  /** When a thread last found that others want the processor. */
  private static volatile long busyAt = System.nanoTime() - PAUSE;

  private final InputStream in;
  private boolean waitWasShort;

  /**
   * An input that behaves like another one.
   *
   * @param in of a socket, with an {@link InputStream#available} that does not wait
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
    waitWasShort = System.nanoTime() - began < LONGEST_SPIN;
    return count;
  }

  /** Returns as soon as there is something to read, and at the latest when the spin is over. */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing but time depends on what the yield does.
  private void awaitBytes(long began) throws IOException {
    try {
      if (SPINNING.incrementAndGet() > MOST_SPINNING) {
        return;
      }
      long now = began;
      while (now - began < LONGEST_SPIN && in.available() == 0) {
        long before = System.nanoTime();
        Thread.yield();
        now = System.nanoTime();
        if (now - before > LONGEST_YIELD) {
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
