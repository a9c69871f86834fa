package io.github.devicetunnel;

import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.DialProgress.Step;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import io.github.devicetunnel.internal.upgrade.Upgrade;
import io.github.devicetunnel.internal.upgrade.UpgradeRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A single attempt of a dial: gets the token and requests the upgrade. */
final class DialAttempt {
  /** The timeout after the deadline has passed; OkHttp treats 0 as "no timeout". */
  private static final Duration LEAST = Duration.ofNanos(1);

  private final SharedResources engine;
  private final Settings settings;
  private final boolean freshWanted;

  // Guarded by this.
  private boolean cancelled;
  private Runnable cancelStep = () -> {}; // cancels the current step

  // Written by the thread that dials.
  private volatile @Nullable Upgrade upgrade;
  private @Nullable Duration credentialTime;

  DialAttempt(SharedResources engine, Settings settings, boolean freshWanted) {
    this.engine = engine;
    this.settings = settings;
    this.freshWanted = freshWanted;
  }

  /**
   * Runs the attempt on the calling thread, within the connect timeout.
   *
   * @throws TokenException if there is no usable token
   * @throws UpgradeRefusedException if the cloud rejects the upgrade
   * @throws IOException if the cloud does not answer, or the attempt is cancelled
   */
  UpgradedSocket execute() throws IOException {
    Duration timeout = settings.timeouts().connectTimeout();
    long startedAt = System.nanoTime();
    String token = token(timeout);
    Duration left = timeout.minusNanos(System.nanoTime() - startedAt);
    return upgrade(token, left.compareTo(LEAST) < 0 ? LEAST : left);
  }

  private String token(Duration limit) throws IOException {
    TokenLookup lookup = new TokenLookup(settings, engine.threads().helpers(), freshWanted);
    begin(lookup::cancel);
    long startedAt = System.nanoTime();
    try {
      return lookup.get(limit);
    } finally {
      if (!settings.credentials().isFixed()) {
        credentialTime = Duration.ofNanos(System.nanoTime() - startedAt);
      }
    }
  }

  private UpgradedSocket upgrade(String token, Duration limit) throws IOException {
    Upgrade its =
        engine
            .upgrader()
            .upgrade(
                settings.cloudUri().connection(settings.target()),
                settings.headers(),
                "Bearer " + token,
                limit,
                settings.timeouts().reusedConnectionTimeout());
    upgrade = its;
    begin(its::cancel);
    UpgradedSocket socket = its.execute();
    engine.upgraded(settings.cloudUri());
    return socket;
  }

  private void begin(Runnable cancel) {
    synchronized (this) {
      cancelStep = cancel;
      if (!cancelled) {
        return;
      }
    }
    cancel.run();
  }

  /** Makes {@link #execute} fail soon. Thread-safe; never blocks. */
  void cancel() {
    Runnable cancel;
    synchronized (this) {
      cancelled = true;
      cancel = cancelStep;
    }
    cancel.run();
  }

  /** Describes the current step, or the step in which the attempt failed. Thread-safe. */
  String currentStep() {
    Upgrade its = upgrade;
    return its == null ? "getting the token" : its.progress().currentStep();
  }

  /** Returns the progress of the upgrade request; null before the request. */
  @Nullable DialProgress progress() {
    Upgrade its = upgrade;
    return its == null ? null : its.progress();
  }

  /** Returns the durations of the steps. Call this method after the attempt. */
  DialTimings timings() {
    Upgrade its = upgrade;
    Map<Step, Duration> times = its == null ? Map.of() : its.progress().times();
    Duration credential = credentialTime;
    return new DialTimings(
        credential,
        times.get(Step.DNS),
        times.get(Step.CONNECT),
        times.get(Step.TLS),
        times.get(Step.UPGRADE),
        times.values().stream()
            .reduce(credential == null ? Duration.ZERO : credential, Duration::plus));
  }
}
