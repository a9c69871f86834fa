package io.github.devicetunnel;

import io.github.devicetunnel.websocket.DialProgress.Step;
import io.github.devicetunnel.websocket.Upgrade;
import io.github.devicetunnel.websocket.UpgradeRefusedException;
import io.github.devicetunnel.websocket.UpgradedSocket;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Asks the cloud for one tunnel; again after a failure, if that was wished for, but never after an
 * answer.
 */
final class Dial {
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Engine engine;
  private final Settings settings;
  private final ConnectionEvents events;
  private final long startedAt;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile Upgrade upgrade;

  /**
   * Prepares it.
   *
   * @param startedAt when the connection began, by {@link System#nanoTime}
   */
  Dial(Engine engine, Settings settings, ConnectionEvents events, long startedAt) {
    this.engine = engine;
    this.settings = settings;
    this.events = events;
    this.startedAt = startedAt;
    this.upgrade = newUpgrade();
  }

  private Upgrade newUpgrade() {
    return engine
        .upgrader()
        .upgrade(
            settings.cloudUri().connection(settings.target()),
            settings.headers(),
            settings.timeouts().connectTimeout());
  }

  /**
   * On the calling thread.
   *
   * @throws TunnelRejectedException when the cloud answered, and refused
   * @throws TunnelException when it did not answer at the last try, or the thread was interrupted,
   *     which is an end of the kind {@link CloseReason.Kind#LOCAL_CLOSED}
   */
  UpgradedSocket execute() throws TunnelException {
    int attempt = 1;
    while (true) {
      if (isCancelled()) {
        upgrade.cancel();
      }
      events.dialStarted(attempt);
      try {
        UpgradedSocket socket = upgrade.execute();
        events.upgraded(timings());
        return socket;
      } catch (UpgradeRefusedException e) {
        throw refused(e);
      } catch (IOException e) {
        events.dialFailed(attempt, e, timings());
        if (attempt == settings.retry().attempts() || isFinal(e) || !pause(attempt, e)) {
          throw failed(e);
        }
        attempt++;
        upgrade = newUpgrade();
      } catch (RuntimeException | Error e) {
        events.dialFailed(attempt, e, timings());
        throw e;
      }
    }
  }

  private DialTimings timings() {
    Map<Step, Duration> times = upgrade.progress().times();
    return new DialTimings(
        times.get(Step.DNS),
        times.get(Step.CONNECT),
        times.get(Step.TLS),
        times.get(Step.UPGRADE),
        times.values().stream().reduce(Duration.ZERO, Duration::plus));
  }

  private TunnelRejectedException refused(UpgradeRefusedException e) {
    ServiceError error = ServiceError.parse(e.body());
    CloseReason reason = Ending.rejected(settings.target(), e, error).reason(0, 0, startedAt);
    TunnelRejectedException refusal = new TunnelRejectedException(e.status(), error, reason);
    events.rejected(refusal, timings());
    return refusal;
  }

  private TunnelException failed(IOException e) {
    Ending ending =
        Thread.currentThread().isInterrupted()
            ? Ending.interrupted(doing(), e)
            : Ending.unreachable(
                settings.cloudUri(), settings.timeouts().connectTimeout(), doing(), e);
    return new TunnelException(ending.reason(0, 0, startedAt));
  }

  /** Whether another try would fail as this one did. */
  private boolean isFinal(IOException e) {
    return isCancelled()
        || Thread.currentThread().isInterrupted()
        || e instanceof SSLPeerUnverifiedException
        || e.getCause() instanceof CertificateException;
  }

  /** Twice as long after each failure, and at random, so that many do not come back at once. */
  private boolean pause(int failures, IOException failure) {
    long first = TimeUnit.NANOSECONDS.convert(settings.retry().backoff());
    long longest = Math.min(LONGEST_PAUSE_NANOS, first) << Math.min(failures - 1, 20);
    long limit = Math.min(LONGEST_PAUSE_NANOS, longest);
    long nanos = ThreadLocalRandom.current().nextLong(limit / 2, limit + 1);
    events.retry(failures, failure, Duration.ofNanos(nanos));
    try {
      return !cancelled.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What is being done. From any thread. */
  String doing() {
    return upgrade.progress().doing();
  }

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Makes {@link #execute} fail soon. From any thread; never waits. */
  void cancel() {
    cancelled.countDown();
    upgrade.cancel();
  }
}
