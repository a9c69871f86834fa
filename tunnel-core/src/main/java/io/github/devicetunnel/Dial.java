package io.github.devicetunnel;

import io.github.devicetunnel.websocket.Upgrade;
import io.github.devicetunnel.websocket.UpgradeRefusedException;
import io.github.devicetunnel.websocket.UpgradedSocket;
import java.io.IOException;
import java.security.cert.CertificateException;
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
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile Upgrade upgrade;

  Dial(Engine engine, Settings settings) {
    this.engine = engine;
    this.settings = settings;
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
   * @throws UpgradeRefusedException when the cloud answered, and refused
   * @throws IOException when it did not answer at the last try: see {@link #doing}
   */
  UpgradedSocket execute() throws IOException {
    int failures = 0;
    while (true) {
      if (isCancelled()) {
        upgrade.cancel();
      }
      try {
        return upgrade.execute();
      } catch (UpgradeRefusedException e) {
        throw e;
      } catch (IOException e) {
        failures++;
        if (failures == settings.retry().attempts() || isFinal(e) || !pause(failures)) {
          throw e;
        }
        upgrade = newUpgrade();
      }
    }
  }

  /** Whether another try would fail as this one did. */
  private boolean isFinal(IOException e) {
    return isCancelled()
        || Thread.currentThread().isInterrupted()
        || e instanceof SSLPeerUnverifiedException
        || e.getCause() instanceof CertificateException;
  }

  /** Twice as long after each failure, and at random, so that many do not come back at once. */
  private boolean pause(int failures) {
    long longest = settings.retry().backoff().toNanos() << Math.min(failures - 1, 20);
    long limit = Math.min(LONGEST_PAUSE_NANOS, longest < 0 ? Long.MAX_VALUE : longest);
    long nanos = ThreadLocalRandom.current().nextLong(limit / 2, limit + 1);
    try {
      return !cancelled.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Makes {@link #execute} fail soon. From any thread; never waits. */
  void cancel() {
    cancelled.countDown();
    upgrade.cancel();
  }

  /** What is being done, or was when it failed. */
  String doing() {
    return upgrade.progress().doing();
  }
}
