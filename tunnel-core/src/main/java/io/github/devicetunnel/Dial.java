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
 * Asks the cloud for one tunnel; again after a failure, if that was wished for, but after an answer
 * only once: with a fresh token when the cloud did not take the one before.
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

  // Of the thread that dials.
  private int number = 1; // of the attempt
  private int failures;
  private boolean mayWantFresh;

  /**
   * Prepares it.
   *
   * @param startedAt when the connection began, by {@link System#nanoTime}
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
   * On the calling thread.
   *
   * @throws TunnelRejectedException when the cloud answered, and refused
   * @throws TunnelException when it did not answer at the last try, there was no token to ask it
   *     with, or the thread was interrupted, which is an end of the kind {@link
   *     CloseReason.Kind#LOCAL_CLOSED}
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

  /** Once, with a fresh token in place of one that was refused. */
  private boolean again(IOException refusal) {
    if (!mayWantFresh || isCancelled()) {
      return false;
    }
    mayWantFresh = false;
    events.retry(number, refusal, Duration.ZERO);
    next(true);
    return true;
  }

  /** As often as was wished for, after a pause. */
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

  /** Whether another try would fail as this one did. */
  private boolean isFinal(IOException e) {
    DialFailure failure = failure(e);
    return isCancelled()
        || Thread.currentThread().isInterrupted()
        || failure.isProxyRefusal()
        || failure.cause() instanceof SSLPeerUnverifiedException
        || failure.cause().getCause() instanceof CertificateException;
  }

  /** Twice as long after each failure, and at random, so that many do not come back at once. */
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

  /** What is being done. From any thread. */
  String currentStep() {
    return attempt.currentStep();
  }

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Makes {@link #execute} fail soon. From any thread; never waits. */
  void cancel() {
    cancelled.countDown();
    attempt.cancel();
  }
}
