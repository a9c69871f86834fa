package io.github.devicetunnel;

import io.github.devicetunnel.Breakers.Scope;
import io.github.devicetunnel.DialTurns.NoTurnException;
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
  private static final int FORBIDDEN = 403;
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The timeout after the deadline has passed; OkHttp treats 0 as "no timeout". */
  private static final Duration MIN_TIMEOUT = Duration.ofNanos(1);

  private final SharedResources resources;
  private final Settings settings;
  private final ConnectionEvents events;
  private final long startedAt;

  private final DialCancellation cancellation = new DialCancellation();
  private final DialTurns turns;

  // Used only by the thread that dials.
  private int number = 1; // of the current attempt
  private int failures;
  private boolean mayRefreshToken;
  private boolean refreshToken;
  private @Nullable TunnelRejectedException rejection; // of an earlier attempt
  private @Nullable Duration credentialTime; // of the current attempt
  private @Nullable DialTimings timings; // of the last attempt, once it has ended

  private volatile @Nullable Upgrade upgrade; // of the current attempt

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
    this.turns = new DialTurns(resources, settings, cancellation);
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
      } catch (BackoffException e) {
        if (e.isOfToken() && rejection != null) {
          throw rejection; // the source returned the same token again
        }
        if (!e.mayRefreshToken() || !prepareFreshToken(e)) {
          throw failed(e);
        }
      } catch (TunnelRejectedException e) {
        rejection = e;
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

  /**
   * Uses a permit that was admitted before the dial began, for the first attempt. The caller closes
   * it after {@link #execute}, which may have closed it before.
   */
  void useTurn(Admission.Permit admitted) {
    turns.use(admitted);
  }

  /** Waits until an attempt may begin, and makes it. */
  private UpgradedSocket attemptInTurn() throws IOException {
    boolean retry = number > 1;
    try (DialTurns.Turn turn = turns.await(retry)) {
      return attemptWithEvents(turn.pass());
    }
  }

  private UpgradedSocket attemptWithEvents(Breakers.Pass pass) throws IOException {
    events.dialStarted(number);
    try {
      UpgradedSocket socket = attempt(pass);
      events.upgraded(timings());
      return socket;
    } catch (UpgradeRejectedException e) {
      throw rejected(e);
    } catch (IOException | RuntimeException | Error e) {
      events.dialFailed(number, e, timings());
      throw e;
    }
  }

  /**
   * Makes one attempt, within the connect timeout.
   *
   * @throws TokenException if there is no usable token
   * @throws BackoffException if the cloud has just rejected the same token
   * @throws UpgradeRejectedException if the cloud rejects the upgrade
   * @throws IOException if the cloud does not answer, or the dial is cancelled
   */
  private UpgradedSocket attempt(Breakers.Pass pass) throws IOException {
    Duration timeout = settings.timeouts().connectTimeout();
    long begin = System.nanoTime();
    String token = token(timeout);
    BackoffStats rejection = pass.useToken(token);
    if (rejection != null) {
      throw BackoffException.ofToken(rejection);
    }
    Duration left = timeout.minusNanos(System.nanoTime() - begin);
    try {
      UpgradedSocket socket = upgrade(token, left.compareTo(MIN_TIMEOUT) < 0 ? MIN_TIMEOUT : left);
      pass.succeeded();
      return socket;
    } catch (IOException e) {
      Breakers.Failure failure = backoffFailure(e, token);
      if (failure != null) {
        pass.failed(failure);
      }
      throw e;
    } finally {
      events.emit(resources.backoffEvents());
    }
  }

  /** Returns the failure that delays further dials, or null if the cloud did not cause it. */
  private Breakers.@Nullable Failure backoffFailure(IOException e, String token) {
    if (e instanceof UpgradeRejectedException answer) {
      String message = new Rejection(settings.target(), settings.cloudUri(), answer).message();
      // If the cloud rejects a fresh token too, each dial would bring another one.
      boolean ofToken =
          !refreshToken && (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN);
      return new Breakers.Failure(
          ofToken && answer.status() == UNAUTHORIZED ? Scope.CLOUD : Scope.TARGET,
          true,
          message,
          answer.retryAfter(),
          ofToken ? token : null);
    }
    CloseCause cause = closeCause(e);
    if (cancellation.isCancelled() || cause.endedBy() != CloseReason.EndedBy.CLOUD) {
      return null;
    }
    DialProgress progress = progress();
    boolean reached = progress != null && progress.step() == Step.UPGRADE;
    return new Breakers.Failure(
        reached ? Scope.TARGET : Scope.CLOUD, reached, cause.message(), null, null);
  }

  private String token(Duration timeout) throws IOException {
    TokenLookup lookup = new TokenLookup(settings, resources.threads().lookups(), refreshToken);
    cancellation.beginStep(lookup::cancel);
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
    cancellation.beginStep(request::cancel);
    UpgradedSocket socket = request.execute();
    resources.upgraded(settings.cloudUri());
    return socket;
  }

  /** Prepares another attempt with a fresh token, once per dial. */
  private boolean prepareFreshToken(IOException failure) {
    if (!mayRefreshToken || cancellation.isCancelled()) {
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
    Duration retryAfter = e instanceof BackoffException backoff ? backoff.state().delay() : null;
    return new TunnelException(reason, retryable, retryAfter);
  }

  private CloseCause closeCause(IOException e) {
    if (Thread.currentThread().isInterrupted()) {
      return CloseCause.interrupted(currentStep(), e);
    }
    if (e instanceof BackoffException backoff) {
      return CloseCause.backoff(backoff.state(), backoff);
    }
    if (e instanceof NoTurnException) {
      return CloseCause.tooManyDials(
          DialTurns.MAX_WAIT, resources.transport().maxConcurrentDials());
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
    return cancellation.isCancelled()
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
      return cancellation.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Describes the current step, or the step that failed. Thread-safe. */
  String currentStep() {
    DialProgress progress = progress();
    if (progress == null) {
      String waitingFor = turns.waitingFor();
      return waitingFor == null ? "getting the token" : waitingFor;
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

  /** Makes {@link #execute} fail soon. Thread-safe; never blocks. */
  void cancel() {
    cancellation.cancel();
  }
}
