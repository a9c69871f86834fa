package io.github.devicetunnel;

import io.github.devicetunnel.internal.net.UpgradedSocket;
import io.github.devicetunnel.internal.upgrade.UpgradeRefusedException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Dials one tunnel. A dial that fails without an answer is retried as configured. A rejected token
 * is replaced once per dial if it came from a {@link TokenSource}; see docs/rationale/dial.md.
 */
final class Dial {
  private static final int UNAUTHORIZED = 401;
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final SharedResources engine;
  private final Settings settings;
  private final ConnectionEvents events;
  private final long startedAt;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile DialAttempt attempt;

  // Used only by the thread that dials.
  private int number = 1; // of the current attempt
  private int failures;
  private boolean mayWantFresh;

  /**
   * Prepares a dial.
   *
   * @param startedAt start of the connection, as {@link System#nanoTime}
   */
  Dial(SharedResources engine, Settings settings, ConnectionEvents events, long startedAt) {
    this.engine = engine;
    this.settings = settings;
    this.events = events;
    this.startedAt = startedAt;
    this.mayWantFresh = !settings.credentials().isFixed();
    this.attempt = new DialAttempt(engine, settings, false);
  }

  /**
   * Dials on the calling thread, and returns the socket of the granted upgrade.
   *
   * @throws TunnelRejectedException if the cloud rejects the upgrade
   * @throws TunnelException if the last attempt fails without an answer, if there is no usable
   *     token, or, with kind {@link CloseReason.Kind#LOCAL_CLOSED}, if the thread is interrupted
   */
  UpgradedSocket execute() throws TunnelException {
    while (true) {
      if (isCancelled()) {
        attempt.cancel();
      }
      events.dialStarted(number);
      try {
        UpgradedSocket socket = attempt.execute();
        events.upgraded(attempt.timings());
        return socket;
      } catch (UpgradeRefusedException e) {
        TunnelRejectedException refusal = refused(e);
        if (e.status() != UNAUTHORIZED || !again(refusal)) {
          throw refusal;
        }
      } catch (IOException e) {
        events.dialFailed(number, e, attempt.timings());
        boolean unfit = e instanceof TokenException token && token.isRefused();
        if (!(unfit ? again(e) : againLater(e))) {
          throw failed(e);
        }
      } catch (RuntimeException | Error e) {
        events.dialFailed(number, e, attempt.timings());
        throw e;
      }
    }
  }

  /** Prepares another attempt with a fresh token, once per dial. */
  private boolean again(IOException refusal) {
    if (!mayWantFresh || isCancelled()) {
      return false;
    }
    mayWantFresh = false;
    events.retry(number, refusal, Duration.ZERO);
    next(true);
    return true;
  }

  /** Prepares another attempt after a pause, up to the configured number of attempts. */
  private boolean againLater(IOException failure) {
    failures++;
    if (failures == settings.retry().attempts() || isFinal(failure) || !pause(failure)) {
      return false;
    }
    next(false);
    return true;
  }

  private void next(boolean freshWanted) {
    number++;
    attempt = new DialAttempt(engine, settings, freshWanted);
  }

  private TunnelRejectedException refused(UpgradeRefusedException e) {
    Rejection rejection = new Rejection(settings.target(), settings.cloudUri(), e);
    CloseReason reason = CloseCause.rejected(rejection).reason(0, 0, startedAt);
    TunnelRejectedException refusal =
        new TunnelRejectedException(e.status(), rejection.error(), reason, e.retryAfter());
    events.rejected(refusal, attempt.timings());
    return refusal;
  }

  private TunnelException failed(IOException e) {
    CloseReason reason = ending(e).reason(0, 0, startedAt);
    boolean retryable = RetryRule.allows(reason) && failure(e).tlsDefect() == null;
    return new TunnelException(reason, retryable, null);
  }

  private CloseCause ending(IOException e) {
    if (Thread.currentThread().isInterrupted()) {
      return CloseCause.interrupted(currentStep(), e);
    }
    return e instanceof TokenException token
        ? CloseCause.withoutToken(settings.target(), token)
        : failure(e).ending(settings.timeouts().connectTimeout(), currentStep());
  }

  private DialFailure failure(IOException e) {
    return new DialFailure(settings.cloudUri(), engine.tls(), attempt.progress(), e);
  }

  /** Returns whether the dial was cancelled, or another attempt would fail for the same reason. */
  private boolean isFinal(IOException e) {
    DialFailure failure = failure(e);
    return isCancelled()
        || Thread.currentThread().isInterrupted()
        || failure.isProxyRefusal()
        || failure.cause() instanceof SSLPeerUnverifiedException
        || failure.cause().getCause() instanceof CertificateException;
  }

  /**
   * Waits before the next attempt. The pause doubles with each failure, up to 30 seconds. Each
   * pause is shortened at random by up to one half, so that many clients do not retry at the same
   * time.
   *
   * @return false if the dial was cancelled or the thread was interrupted
   */
  private boolean pause(IOException failure) {
    long first = TimeUnit.NANOSECONDS.convert(settings.retry().backoff());
    long longest = Math.min(LONGEST_PAUSE_NANOS, first) << Math.min(failures - 1, 20);
    long limit = Math.min(LONGEST_PAUSE_NANOS, longest);
    long nanos = ThreadLocalRandom.current().nextLong(limit / 2, limit + 1);
    events.retry(number, failure, Duration.ofNanos(nanos));
    try {
      return !cancelled.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Describes the current step. Thread-safe. */
  String currentStep() {
    return attempt.currentStep();
  }

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Makes {@link #execute} fail soon. Thread-safe; never blocks. */
  void cancel() {
    cancelled.countDown();
    attempt.cancel();
  }
}
