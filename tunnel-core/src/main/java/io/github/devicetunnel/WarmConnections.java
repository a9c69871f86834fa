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
 * Keeps connections to one cloud open and idle, with TLS done, so that a tunnel costs one round
 * trip and not three or four. Each is probed every 15 s, so that no middlebox drops it for being
 * idle, and replaced when it gives no answer or a tunnel has taken it.
 */
final class WarmConnections {
  private static final Logger LOG = LoggerFactory.getLogger(WarmConnections.class);

  /**
   * Load balancers and NATs drop connections that were idle for 60 s, many for 30 s, and a few for
   * 20 s. A probe that is late by some seconds still comes before that.
   */
  private static final long REFRESH_SECONDS = 15;

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** The way to the cloud, which is made when it is first wanted. */
  interface Way {
    /** Waits for it to be made. */
    Upgrader upgrader() throws IOException;
  }

  private final Way way;
  private final ScheduledExecutorService timers;
  private final Executor helpers;
  private final HttpUrl cloud;
  private final int count;
  private final Duration probeTimeout;

  // Guarded by this.
  private @Nullable ScheduledFuture<?> refreshing;
  private @Nullable WarmUp running;
  private boolean busy;
  private boolean wanted; // while it is busy
  private boolean closed;

  /**
   * Does nothing yet.
   *
   * @param count how many are kept, at least 1
   * @param probeTimeout for the answer on a connection that is kept already
   */
  WarmConnections(
      Way way,
      ScheduledExecutorService timers,
      Executor helpers,
      HttpUrl cloud,
      int count,
      Duration probeTimeout) {
    this.way = way;
    this.timers = timers;
    this.helpers = helpers;
    this.cloud = cloud;
    this.count = count;
    this.probeTimeout = probeTimeout;
  }

  /** Opens them soon, and keeps them from then on. Does not wait. */
  synchronized void start() {
    if (refreshing == null && !closed) {
      refreshing = timers.scheduleWithFixedDelay(this::fill, 0, REFRESH_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** A tunnel was granted, and has one of them if there was one. Does not wait. */
  void used() {
    fill();
  }

  /** Opens no more. Those that are idle are closed with their pool. Does not wait. */
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
      wanted = true;
      if (busy || closed) {
        return;
      }
      busy = true;
    }
    try {
      helpers.execute(this::fillWhileWanted);
    } catch (OutOfMemoryError e) {
      // There is no thread to be had: no matter of the tunnel that was just granted.
      failed(e);
      rest();
    }
  }

  private void fillWhileWanted() {
    while (takeWish()) {
      try {
        warmUp();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        failed(e);
      }
    }
  }

  /** The tunnels that need one will say what is wrong, and the next refresh tries again. */
  private void failed(Throwable e) {
    LOG.debug("not all of {} warm connections to {} could be opened", count, cloud, e);
  }

  private synchronized void rest() {
    busy = false;
  }

  private synchronized boolean takeWish() {
    busy = wanted && !closed;
    wanted = false;
    return busy;
  }

  private void warmUp() throws IOException {
    Upgrader upgrader = way.upgrader();
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
        wanted |= warmUp.foundDeadConnection(); // To replace it now, not in 15 s.
      }
    }
  }
}
