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

/** Asks once for one tunnel: gets the token, and goes to the cloud with it. */
final class DialAttempt {
  /** There is no time at all left for the cloud, but zero would mean that there is no limit. */
  private static final Duration LEAST = Duration.ofNanos(1);

  private final SharedResources engine;
  private final Settings settings;
  private final boolean freshWanted;

  // Guarded by this.
  private boolean cancelled;
  private Runnable cancelStep = () -> {}; // ends the step that is under way

  // Written by the thread that dials.
  private volatile @Nullable Upgrade upgrade;
  private @Nullable Duration credentialTime;

  DialAttempt(SharedResources engine, Settings settings, boolean freshWanted) {
    this.engine = engine;
    this.settings = settings;
    this.freshWanted = freshWanted;
  }

  /**
   * On the calling thread, for as long as the connect timeout.
   *
   * @throws TokenException when there is no token to go with
   * @throws UpgradeRefusedException when the cloud answered, and refused
   * @throws IOException when it did not answer, or the attempt was cancelled
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

  /** Makes {@link #execute} fail soon. From any thread; never waits. */
  void cancel() {
    Runnable cancel;
    synchronized (this) {
      cancelled = true;
      cancel = cancelStep;
    }
    cancel.run();
  }

  /** What is being done, or was when it failed. From any thread. */
  String currentStep() {
    Upgrade its = upgrade;
    return its == null ? "getting the token" : its.progress().currentStep();
  }

  /** The dial of the upgrade; null before it was requested. */
  @Nullable DialProgress progress() {
    Upgrade its = upgrade;
    return its == null ? null : its.progress();
  }

  /** What took how long, when it is over. */
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
