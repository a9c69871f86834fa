package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.QuietTimer;
import io.github.devicetunnel.internal.concurrent.Recheck;
import io.github.devicetunnel.internal.frames.KeepAlive;
import io.github.devicetunnel.internal.frames.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one tunnel: pings, silence, idleness, the half-close, the answer to a close frame.
 * What they find goes to a {@link Verdict}, on the timer's thread. From any thread; never waits.
 */
final class TunnelTimers {
  private static final long MIN_CONFIRM_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long MAX_CONFIRM_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Who ends the tunnel. Neither may wait. */
  interface Verdict {
    /** Time to end it in order. False when it had ended before. */
    boolean end(CloseCause ending);

    /** Nobody is there to end it with: cut it. */
    void abort(CloseCause ending);
  }

  private final ScheduledExecutorService scheduler;
  private final Timeouts timeouts;
  private final Duration halfCloseTimeout;
  private final PayloadWatch payloadWatch;
  private final Verdict verdict;

  // Guarded by this.
  private boolean over;
  private final List<Recheck> checks = new ArrayList<>();
  private @Nullable Future<?> closeTimer;
  private LongSupplier incomplete = () -> Long.MAX_VALUE;

  TunnelTimers(
      ScheduledExecutorService scheduler,
      Timeouts timeouts,
      Duration halfCloseTimeout,
      PayloadWatch payloadWatch,
      Verdict verdict) {
    this.scheduler = scheduler;
    this.timeouts = timeouts;
    this.halfCloseTimeout = halfCloseTimeout;
    this.payloadWatch = payloadWatch;
    this.verdict = verdict;
  }

  /** The tunnel is open. */
  synchronized void opened(WebSocket webSocket) {
    if (over) {
      return; // It was ended at once, by another thread.
    }
    incomplete = webSocket::incompleteNanos;
    if (timeouts.pings()) {
      checks.add(startKeepAlive(webSocket));
    }
    Duration idle = timeouts.idleTimeout();
    if (!idle.isZero()) {
      checks.add(
          QuietTimer.start(
              scheduler,
              idle,
              quiet(payloadWatch::idleNanos),
              () -> verdict.end(CloseCause.idle(idle)),
              this::failed));
    }
  }

  /** A record of TLS that is slow to come may hold payload. */
  private LongSupplier quiet(LongSupplier payloadNanos) {
    LongSupplier incompleteNanos = incomplete;
    return () -> Math.min(payloadNanos.getAsLong(), incompleteNanos.getAsLong());
  }

  private void failed(Throwable failure) {
    verdict.abort(CloseCause.internalError(failure));
  }

  private Recheck startKeepAlive(WebSocket webSocket) {
    KeepAlive.Verdict dead =
        new KeepAlive.Verdict() {
          @Override
          public void silent(Duration silence) {
            verdict.abort(CloseCause.silent(silence));
          }

          @Override
          public void writeBlocked(Duration blocked) {
            verdict.abort(CloseCause.writeBlocked(blocked));
          }

          @Override
          public void failed(Throwable failure) {
            TunnelTimers.this.failed(failure);
          }
        };
    return KeepAlive.start(
        webSocket,
        timeouts.keepAliveInterval(),
        timeouts.liveness(),
        timeouts.writeTimeout(),
        dead,
        scheduler);
  }

  /** Nothing more will be written. */
  synchronized void draining(LongSupplier received) {
    if (over) {
      return;
    }
    payloadWatch.drain(received.getAsLong());
    Runnable timedOut =
        () -> {
          boolean clientLeft = payloadWatch.clientSeemsGone(received.getAsLong());
          verdict.end(CloseCause.halfCloseTimeout(halfCloseTimeout, clientLeft));
        };
    checks.add(
        QuietTimer.start(
            scheduler, halfCloseTimeout, quiet(payloadWatch::silentNanos), timedOut, this::failed));
  }

  /**
   * The local client has left: the tunnel ends as soon as the cloud has confirmed what it was sent.
   * Until then {@link #draining} bounds it.
   */
  synchronized void leaving(BooleanSupplier confirmed, CloseCause ending) {
    if (over) {
      return;
    }
    LongSupplier look =
        new LongSupplier() {
          private long delay = MIN_CONFIRM_INTERVAL_NANOS;

          @Override
          public long getAsLong() {
            if (confirmed.getAsBoolean()) {
              verdict.end(ending);
              return Recheck.NEVER;
            }
            delay = Math.min(delay * 2, MAX_CONFIRM_INTERVAL_NANOS);
            return delay;
          }
        };
    checks.add(Recheck.start(scheduler, 0, look, this::failed));
  }

  /** The close frame goes out: nothing counts any more but the time until its answer. */
  synchronized void closing(Duration timeout, Runnable timedOut) {
    if (over) {
      return;
    }
    stop();
    closeTimer = scheduler.schedule(timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends all of them. One whose verdict is being given may still give it. */
  synchronized void stop() {
    over = true;
    checks.forEach(Recheck::stop);
    if (closeTimer != null) {
      closeTimer.cancel(false);
    }
  }
}
