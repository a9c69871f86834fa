package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.QuietTimer;
import io.github.devicetunnel.internal.concurrent.Recheck;
import io.github.devicetunnel.internal.frames.KeepAliveVerdict;
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
 * The timers of one tunnel: pings, liveness, idle timeout, half-close timeout and the timeout of
 * the close handshake. Expired timers call a {@link Verdict} on the timer thread. This class is
 * thread-safe, and no method blocks.
 */
final class TunnelTimers {
  private static final long MIN_CONFIRM_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long MAX_CONFIRM_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Ends the tunnel when a timer expires. Implementations must not block. */
  interface Verdict {
    /** Ends the tunnel with a close frame. Returns false if it had already ended. */
    boolean end(CloseCause cause);

    /** Ends the tunnel and aborts its connection, because the cloud does not respond. */
    void abort(CloseCause cause);

    /** Ends the tunnel and aborts its connection, because a check failed. */
    void fail(Throwable failure);
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

  /** Starts the timers of an open tunnel. */
  synchronized void opened(WebSocket webSocket) {
    if (over) {
      return; // another thread ended the tunnel first
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
              verdict::fail));
    }
  }

  /** Combines a clock with that of an incomplete TLS record, which may contain payload. */
  private LongSupplier quiet(LongSupplier payloadNanos) {
    LongSupplier incompleteNanos = incomplete;
    return () -> Math.min(payloadNanos.getAsLong(), incompleteNanos.getAsLong());
  }

  private Recheck startKeepAlive(WebSocket webSocket) {
    KeepAliveVerdict dead =
        new KeepAliveVerdict() {
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
            verdict.fail(failure);
          }
        };
    return webSocket.startKeepAlive(
        timeouts.keepAliveInterval(),
        timeouts.liveness(),
        timeouts.writeTimeout(),
        dead,
        scheduler);
  }

  /** Starts the half-close timeout. */
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
            scheduler,
            halfCloseTimeout,
            quiet(payloadWatch::silentNanos),
            timedOut,
            verdict::fail));
  }

  /**
   * Ends the tunnel as soon as the cloud has confirmed all sent bytes, because the local client has
   * left. The half-close timeout limits the wait.
   */
  synchronized void leaving(BooleanSupplier confirmed, CloseCause cause) {
    if (over) {
      return;
    }
    LongSupplier check =
        new LongSupplier() {
          private long delay = MIN_CONFIRM_INTERVAL_NANOS;

          @Override
          public long getAsLong() {
            if (confirmed.getAsBoolean()) {
              verdict.end(cause);
              return Recheck.NEVER;
            }
            delay = Math.min(delay * 2, MAX_CONFIRM_INTERVAL_NANOS);
            return delay;
          }
        };
    checks.add(Recheck.start(scheduler, 0, check, verdict::fail));
  }

  /** Replaces all timers by the timeout of the close handshake. */
  synchronized void closing(Duration timeout, Runnable timedOut) {
    if (over) {
      return;
    }
    stop();
    closeTimer = scheduler.schedule(timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Stops all timers. A check in progress may still call the verdict. */
  synchronized void stop() {
    over = true;
    checks.forEach(Recheck::stop);
    if (closeTimer != null) {
      closeTimer.cancel(false);
    }
  }
}
