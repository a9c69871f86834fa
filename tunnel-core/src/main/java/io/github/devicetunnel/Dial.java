package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.DialProgress.Step;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import io.github.devicetunnel.internal.upgrade.Upgrade;
import io.github.devicetunnel.internal.upgrade.UpgradeRejectedException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Dials one tunnel. Each attempt gets the token and requests the upgrade. An attempt that fails
 * without an answer is retried as configured. A rejected token is replaced once per dial if it came
 * from a {@link TokenSource}; see docs/rationale/dial.md.
 */
final class Dial {
  private static final int UNAUTHORIZED = 401;
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Maximum time to wait for other dials of clients that share connections. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  /** The timeout after the deadline has passed; OkHttp treats 0 as "no timeout". */
  private static final Duration MIN_TIMEOUT = Duration.ofNanos(1);

  /** Thrown if the wait for other dials timed out, was cancelled or interrupted. */
  private static final class NoTurnException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final SharedResources resources;
  private final Settings settings;
  private final ConnectionEvents events;
  private final long startedAt;

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private Runnable cancelStep = () -> {}; // cancels the current step; guarded by this

  // Used only by the thread that dials.
  private int number = 1; // of the current attempt
  private int failures;
  private boolean mayRefreshToken;
  private boolean refreshToken;
  private @Nullable Duration credentialTime; // of the current attempt
  private @Nullable DialTimings timings; // of the last attempt, once it has ended

  // Of the current attempt, written by the thread that dials.
  private volatile boolean waiting;
  private volatile @Nullable Upgrade upgrade;

  /**
   * Prepares a dial.
   *
   * @param startedAt start of the connection, as {@link System#nanoTime}
   */
  Dial(SharedResources resources, Settings settings, ConnectionEvents events, long startedAt) {
    this.resources = resources;
    this.settings = settings;
    this.events = events;
    this.startedAt = startedAt;
    this.mayRefreshToken = !settings.credentials().isFixed();
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
      try {
        return attemptInTurn();
      } catch (NoTurnException e) {
        throw failed(e);
      } catch (TunnelRejectedException e) {
        if (e.statusCode() != UNAUTHORIZED || !prepareFreshToken(e)) {
          throw e;
        }
      } catch (IOException e) {
        boolean unusable = e instanceof TokenException token && token.isUnusable();
        if (!(unusable ? prepareFreshToken(e) : prepareRetry(e))) {
          throw failed(e);
        }
      }
    }
  }

  /** Waits while too many other dials are in progress, and then makes one attempt. */
  private UpgradedSocket attemptInTurn() throws IOException {
    try (Admission.Permit turn = resources.dials().request()) {
      awaitTurn(turn);
      return attemptWithEvents();
    }
  }

  private UpgradedSocket attemptWithEvents() throws IOException {
    events.dialStarted(number);
    try {
      UpgradedSocket socket = attempt();
      events.upgraded(timings());
      return socket;
    } catch (UpgradeRejectedException e) {
      throw rejected(e);
    } catch (IOException | RuntimeException | Error e) {
      events.dialFailed(number, e, timings());
      throw e;
    }
  }

  private void awaitTurn(Admission.Permit turn) throws NoTurnException {
    beginStep(turn::withdraw);
    waiting = true;
    try {
      if (!turn.await(MAX_WAIT.toNanos())) {
        throw new NoTurnException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoTurnException();
    }
    waiting = false;
  }

  /**
   * Makes one attempt, within the connect timeout.
   *
   * @throws TokenException if there is no usable token
   * @throws UpgradeRejectedException if the cloud rejects the upgrade
   * @throws IOException if the cloud does not answer, or the dial is cancelled
   */
  private UpgradedSocket attempt() throws IOException {
    Duration timeout = settings.timeouts().connectTimeout();
    long begin = System.nanoTime();
    String token = token(timeout);
    Duration left = timeout.minusNanos(System.nanoTime() - begin);
    return upgrade(token, left.compareTo(MIN_TIMEOUT) < 0 ? MIN_TIMEOUT : left);
  }

  private String token(Duration timeout) throws IOException {
    TokenLookup lookup = new TokenLookup(settings, resources.threads().helpers(), refreshToken);
    beginStep(lookup::cancel);
    long begin = System.nanoTime();
    try {
      return lookup.get(timeout);
    } finally {
      if (!settings.credentials().isFixed()) {
        credentialTime = Duration.ofNanos(System.nanoTime() - begin);
      }
    }
  }

  private UpgradedSocket upgrade(String token, Duration timeout) throws IOException {
    Upgrade request =
        resources
            .upgrader()
            .upgrade(
                settings.cloudUri().connection(settings.target()),
                settings.headers(),
                "Bearer " + token,
                timeout,
                settings.timeouts().reusedConnectionTimeout());
    upgrade = request;
    beginStep(request::cancel);
    UpgradedSocket socket = request.execute();
    resources.upgraded(settings.cloudUri());
    return socket;
  }

  /** Sets how {@link #cancel} ends the next step, and cancels it if the dial was cancelled. */
  private void beginStep(Runnable cancel) {
    synchronized (this) {
      cancelStep = cancel;
    }
    if (isCancelled()) {
      cancel.run();
    }
  }

  /** Prepares another attempt with a fresh token, once per dial. */
  private boolean prepareFreshToken(IOException failure) {
    if (!mayRefreshToken || isCancelled()) {
      return false;
    }
    mayRefreshToken = false;
    events.retry(number, failure, Duration.ZERO);
    prepareAttempt(true);
    return true;
  }

  /** Prepares another attempt after a pause, up to the configured number of attempts. */
  private boolean prepareRetry(IOException failure) {
    failures++;
    if (failures == settings.retry().attempts() || isFinal(failure) || !pause(failure)) {
      return false;
    }
    prepareAttempt(false);
    return true;
  }

  private void prepareAttempt(boolean withFreshToken) {
    number++;
    refreshToken = withFreshToken;
    credentialTime = null;
    timings = null;
    upgrade = null;
  }

  private TunnelRejectedException rejected(UpgradeRejectedException e) {
    Rejection rejection = new Rejection(settings.target(), settings.cloudUri(), e);
    CloseReason reason = CloseCause.rejected(rejection).reason(0, 0, startedAt);
    TunnelRejectedException rejected =
        new TunnelRejectedException(e.status(), rejection.error(), reason, e.retryAfter());
    events.rejected(rejected, timings());
    return rejected;
  }

  private TunnelException failed(IOException e) {
    CloseReason reason = closeCause(e).reason(0, 0, startedAt);
    boolean retryable = RetryRule.allows(reason) && failure(e).tlsDefect() == null;
    return new TunnelException(reason, retryable, null);
  }

  private CloseCause closeCause(IOException e) {
    if (Thread.currentThread().isInterrupted()) {
      return CloseCause.interrupted(currentStep(), e);
    }
    if (e instanceof NoTurnException) {
      return CloseCause.tooManyDials(MAX_WAIT, resources.transport().maxConcurrentDials());
    }
    return e instanceof TokenException token
        ? CloseCause.withoutToken(settings.target(), token)
        : failure(e).closeCause(settings.timeouts().connectTimeout(), currentStep());
  }

  private DialFailure failure(IOException e) {
    return new DialFailure(settings.cloudUri(), resources.tls(), progress(), e);
  }

  /** Returns whether the dial was cancelled, or another attempt would fail for the same reason. */
  private boolean isFinal(IOException e) {
    DialFailure failure = failure(e);
    return isCancelled()
        || Thread.currentThread().isInterrupted()
        || failure.isProxyRejection()
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
    long longest = Math.min(MAX_PAUSE_NANOS, first) << Math.min(failures - 1, 20);
    long limit = Math.min(MAX_PAUSE_NANOS, longest);
    long nanos = ThreadLocalRandom.current().nextLong(limit / 2, limit + 1);
    events.retry(number, failure, Duration.ofNanos(nanos));
    try {
      return !cancelled.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Describes the current step, or the step that failed. Thread-safe. */
  String currentStep() {
    DialProgress progress = progress();
    if (progress == null) {
      return waiting ? "waiting for other dials to end" : "getting the token";
    }
    return progress.currentStep();
  }

  /** Returns the progress of the upgrade request; null before the request. */
  @Nullable DialProgress progress() {
    Upgrade request = upgrade;
    return request == null ? null : request.progress();
  }

  /** Returns the durations of the steps of the last attempt. Call it on the dialling thread. */
  DialTimings timings() {
    DialTimings known = timings;
    if (known == null) {
      known = measure();
      timings = known;
    }
    return known;
  }

  private DialTimings measure() {
    DialProgress progress = progress();
    Map<Step, Duration> times = progress == null ? Map.of() : progress.times();
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

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Makes {@link #execute} fail soon. Thread-safe; never blocks. */
  void cancel() {
    cancelled.countDown();
    Runnable cancel;
    synchronized (this) {
      cancel = cancelStep;
    }
    cancel.run();
  }
}
