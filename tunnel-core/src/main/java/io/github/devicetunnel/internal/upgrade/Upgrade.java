package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import io.github.devicetunnel.internal.proxy.ProxyException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that becomes a websocket. OkHttp handles DNS, proxies, TLS, interceptors and the HTTP
 * exchange. If a pooled connection does not answer, the request is sent once more on a new
 * connection.
 */
public final class Upgrade {
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

  /** The shortest timeout. OkHttp treats zero as "no timeout". */
  private static final Duration NO_TIME_LEFT = Duration.ofNanos(1);

  /** A factory for the calls of the request. */
  interface Calls {
    /**
     * Creates a call.
     *
     * @param upgrade the upgrade to which the interceptor passes the granted socket
     * @param fresh whether the call must open a new connection
     * @param limit the timeout of the call; zero means no timeout
     */
    Call next(Upgrade upgrade, boolean fresh, Duration limit);
  }

  private final Calls calls;
  private final Duration timeout;
  private final Runnable evictIdle;
  private final Authorization authorization;
  private final DialProgress progress;

  private @Nullable Call call; // guarded by this
  private boolean cancelled; // guarded by this

  // The two views of the socket of a granted upgrade, used only by the thread that executes.
  private @Nullable Socket socket;
  private okio.@Nullable Socket okioSocket;

  Upgrade(
      Calls calls,
      Duration timeout,
      Runnable evictIdle,
      Authorization authorization,
      DialProgress progress) {
    this.calls = calls;
    this.timeout = timeout;
    this.evictIdle = evictIdle;
    this.authorization = authorization;
    this.progress = progress;
  }

  /**
   * Sends the request and waits for the response on the calling thread, at most for the timeout
   * passed to {@link Upgrader#upgrade}.
   *
   * @throws UpgradeRejectedException if the response was not a correct 101
   * @throws IOException if there was no response; {@link #progress()} returns the step that failed
   */
  public UpgradedSocket execute() throws IOException {
    boolean done = false;
    long startedAt = System.nanoTime();
    progress.enter();
    try {
      Call answered = executeCalls(startedAt);
      UpgradedSocket granted =
          new UpgradedSocket(answered, requireNonNull(okioSocket), requireNonNull(socket));
      done = true;
      return granted;
    } catch (InterruptedIOException e) {
      // The timeout expired while the body of a rejection was read. Report the rejection.
      throw e.getCause() instanceof UpgradeRejectedException rejection ? rejection : e;
    } finally {
      DialProgress.leave();
      authorization.forget();
      if (!done) {
        releaseGranted();
      }
    }
  }

  /** Executes one or two calls and returns the call that received the response. */
  private Call executeCalls(long startedAt) throws IOException {
    Call first = nextCall(false, timeout);
    try {
      execute(first);
      return first;
    } catch (DeadConnectionException e) {
      LOG.debug("{}; opening a new connection", e.getMessage(), e);
      if (e.isSilent()) {
        evictIdle.run(); // The other idle connections use the same path.
      }
      return executeSecond(startedAt);
    } catch (IOException e) {
      if (!isAnswerable(e)) {
        throw e;
      }
      LOG.debug("{}; answering the challenge on a new connection", e.getMessage());
      return executeSecond(startedAt);
    }
  }

  /**
   * Returns whether a second request can answer a proxy's challenge. If a proxy has several
   * addresses, OkHttp throws the first failure and adds the others as suppressed exceptions.
   */
  private static boolean isAnswerable(Throwable failure) {
    return (failure instanceof ProxyException proxy && proxy.isAnswerable())
        || Stream.of(failure.getSuppressed()).anyMatch(Upgrade::isAnswerable);
  }

  private Call executeSecond(long startedAt) throws IOException {
    Duration left = timeout.minusNanos(System.nanoTime() - startedAt);
    boolean late = left.compareTo(NO_TIME_LEFT) < 0;
    Call second = nextCall(true, timeout.isZero() ? timeout : late ? NO_TIME_LEFT : left);
    execute(second);
    return second;
  }

  private synchronized Call nextCall(boolean fresh, Duration limit) {
    Call next = calls.next(this, fresh, limit);
    call = next;
    if (cancelled) {
      next.cancel();
    }
    return next;
  }

  private static void execute(Call call) throws IOException {
    try {
      call.execute().close(); // Closes only the empty body, not the socket.
    } catch (Exception e) {
      // OkHttp can throw an undeclared InterruptedException while it waits for a connection,
      // because Kotlin has no checked exceptions.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  /**
   * Cancels the request, so that {@link #execute} fails at once. Has no effect on a completed
   * upgrade. Thread-safe.
   */
  public void cancel() {
    Call running;
    synchronized (this) {
      cancelled = true;
      running = call;
    }
    if (running != null) {
      running.cancel();
    }
  }

  /** Returns the progress of the request. Thread-safe. */
  public DialProgress progress() {
    return progress;
  }

  /** Called by the interceptor on the executing thread, with the socket of a granted upgrade. */
  void granted(Socket connection, Response response) {
    this.socket = connection;
    this.okioSocket = requireNonNull(response.socket());
  }

  /**
   * Releases the socket of an upgrade that was granted but whose call then failed, for example
   * because it was cancelled.
   */
  private void releaseGranted() {
    okio.Socket unused = okioSocket;
    if (unused != null) {
      UpgradedSocket.release(unused);
    }
  }
}
