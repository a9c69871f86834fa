package io.github.devicetunnel.internal.local;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the local client still sends after the tunnel has ended. A direct connection would fail such
 * writes. Here they are discarded for a moment, as they may have been on their way, and then the
 * connection is reset: half a second after the first byte, or after one MiB.
 *
 * <p>{@link #add} is for the thread that reads, everything else for any thread.
 */
public final class LateBytes {
  static final Duration MAX_TIME = Duration.ofMillis(500);
  static final long MAX_BYTES = 1 << 20;

  private final ScheduledExecutorService scheduler;
  private final Runnable onLimit;

  private final AtomicLong count = new AtomicLong();
  private volatile boolean over;
  private @Nullable Future<?> timer; // written by the thread that reads

  /**
   * Starts with no bytes.
   *
   * @param onLimit called when no more may be discarded, perhaps twice; must not wait
   */
  public LateBytes(ScheduledExecutorService scheduler, Runnable onLimit) {
    this.scheduler = scheduler;
    this.onLimit = onLimit;
  }

  /** Counts bytes. Returns false when nothing more is to be read. */
  public boolean add(int bytes) {
    if (timer == null) {
      timer = scheduler.schedule(this::limit, MAX_TIME.toNanos(), TimeUnit.NANOSECONDS);
    }
    if (count.addAndGet(bytes) >= MAX_BYTES) {
      limit();
    }
    return !over;
  }

  private void limit() {
    over = true;
    onLimit.run();
  }

  /** Returns how many bytes were discarded. */
  public long count() {
    return count.get();
  }
}
