package io.github.devicetunnel.internal.local;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A limit for the bytes that the local client sends after the tunnel has ended. A direct connection
 * would fail such writes. They are discarded for half a second after the first byte, up to 1 MiB,
 * because they may have been in flight. Then the connection is reset. See docs/rationale/ends.md.
 *
 * <p>{@link #add} is for the reading thread only. All other methods are thread-safe.
 */
public final class LateBytes {
  static final Duration MAX_TIME = Duration.ofMillis(500);
  static final long MAX_BYTES = 1 << 20;

  private final ScheduledExecutorService scheduler;
  private final Runnable onLimit;

  private final AtomicLong count = new AtomicLong();
  private volatile boolean over;
  private @Nullable Future<?> timer; // accessed only by the reading thread

  /**
   * Creates a limit with a count of zero.
   *
   * @param onLimit called when the limit is reached, possibly twice; must not block
   */
  public LateBytes(ScheduledExecutorService scheduler, Runnable onLimit) {
    this.scheduler = scheduler;
    this.onLimit = onLimit;
  }

  /** Adds bytes to the count. Returns false if no further bytes may be read. */
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

  /** Returns the number of discarded bytes. */
  public long count() {
    return count.get();
  }
}
