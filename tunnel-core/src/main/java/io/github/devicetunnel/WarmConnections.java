package io.github.devicetunnel;

import io.github.devicetunnel.internal.upgrade.Upgrader;
import io.github.devicetunnel.internal.upgrade.WarmUp;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warm connections to one cloud: idle and past the TLS handshake, so that a tunnel needs one round
 * trip instead of three or four. Each connection is probed every 15 s, so that no middlebox drops
 * it as idle. A connection is replaced if it does not answer or a tunnel has taken it. See
 * docs/rationale/dial.md.
 */
final class WarmConnections {
  private static final Logger LOG = LoggerFactory.getLogger(WarmConnections.class);

  /**
   * Load balancers and NATs drop connections that were idle for 60 s, many for 30 s, and a few for
   * 20 s. At 15 s, a probe may be a few seconds late.
   */
  private static final long REFRESH_SECONDS = 15;

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** Supplies the upgrader, which is created at its first use. */
  interface UpgraderSource {
    /** Returns the upgrader, and waits for its creation if necessary. */
    Upgrader upgrader() throws IOException;
  }

  private final UpgraderSource source;
  private final ScheduledExecutorService timers;
  private final Executor helpers;
  private final HttpUrl cloud;
  private final int count;
  private final Duration probeTimeout;

  // Guarded by this.
  private @Nullable ScheduledFuture<?> refreshing;
  private @Nullable WarmUp running;
  private boolean busy;
  private boolean requested; // another round was requested
  private boolean closed;

  /**
   * Creates an instance that opens no connections before {@link #start}.
   *
   * @param count number of connections to keep, at least 1
   * @param probeTimeout timeout for the answer on an existing connection
   */
  WarmConnections(
      UpgraderSource source,
      ScheduledExecutorService timers,
      Executor helpers,
      HttpUrl cloud,
      int count,
      Duration probeTimeout) {
    this.source = source;
    this.timers = timers;
    this.helpers = helpers;
    this.cloud = cloud;
    this.count = count;
    this.probeTimeout = probeTimeout;
  }

  /** Opens the connections in the background and keeps them open. Does not block. */
  synchronized void start() {
    if (refreshing == null && !closed) {
      refreshing = timers.scheduleWithFixedDelay(this::fill, 0, REFRESH_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Replaces the connection that a granted tunnel may have taken. Does not block. */
  void used() {
    fill();
  }

  /** Stops opening connections. The pool closes the idle ones. Does not block. */
  void close() {
    WarmUp unfinished;
    synchronized (this) {
      closed = true;
      if (refreshing != null) {
        refreshing.cancel(false);
      }
      unfinished = running;
    }
    if (unfinished != null) {
      unfinished.cancel();
    }
  }

  private void fill() {
    synchronized (this) {
      requested = true;
      if (busy || closed) {
        return;
      }
      busy = true;
    }
    try {
      helpers.execute(this::fillWhileRequested);
    } catch (OutOfMemoryError e) {
      // No thread can be started. This must not fail the tunnel that was just granted.
      failed(e);
      setIdle();
    }
  }

  private void fillWhileRequested() {
    while (takeRequest()) {
      try {
        warmUp();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        failed(e);
      }
    }
  }

  /**
   * Logs a failure only at debug level: dials report the same cause, and the next round tries
   * again.
   */
  private void failed(Throwable e) {
    SafeLog.log(() -> LOG.debug("could not open all {} warm connections to {}", count, cloud, e));
  }

  private synchronized void setIdle() {
    busy = false;
  }

  private synchronized boolean takeRequest() {
    busy = requested && !closed;
    requested = false;
    return busy;
  }

  private void warmUp() throws IOException {
    Upgrader upgrader = source.upgrader();
    WarmUp warmUp = upgrader.warmUp(cloud, count, TIMEOUT, probeTimeout);
    synchronized (this) {
      if (closed) {
        return;
      }
      running = warmUp;
    }
    try {
      warmUp.execute(helpers);
    } finally {
      synchronized (this) {
        running = null;
        requested |= warmUp.foundDeadConnection(); // replaces it now instead of in 15 s
      }
    }
  }
}
