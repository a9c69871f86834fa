package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.devicetunnel.internal.concurrent.QuietTimer;
import io.github.devicetunnel.internal.concurrent.Recheck;
import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import io.github.devicetunnel.internal.proxy.ProxyException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that becomes a websocket. OkHttp handles DNS, proxies, TLS, interceptors and the HTTP
 * exchange. If a pooled connection does not answer, or OkHttp gets no thread to connect, the
 * request is sent once more. The timeout does not depend on a thread of OkHttp or Okio. See
 * docs/rationale/dial.md.
 */
public final class Upgrade {
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

  /** Far above the time that OkHttp needs to start to connect to a selected address. */
  private static final Duration MAX_UNCONNECTED = Duration.ofSeconds(1);

  /** A factory for the calls of the request. */
  interface Calls {
    /**
     * Creates a call.
     *
     * @param upgrade the upgrade to which the interceptor passes the granted socket
     * @param fresh whether the call must open a new connection
     */
    Call next(Upgrade upgrade, boolean fresh);

    /** Closes the idle connections to the cloud. */
    void evictIdle();

    /** Makes new calls try addresses in sequence, on the calling thread. */
    void connectInSequence();

    /** Returns whether new calls try addresses in sequence. */
    boolean connectsInSequence();
  }

  private final Calls calls;
  private final Duration timeout;
  private final Authorization authorization;
  private final DialProgress progress;
  private final ScheduledExecutorService timers;
  private final RunningCall running;

  // The two views of the socket of a granted upgrade, used only by the thread that executes.
  private @Nullable Socket socket;
  private okio.@Nullable Socket okioSocket;

  Upgrade(
      Calls calls,
      Duration timeout,
      Authorization authorization,
      DialProgress progress,
      ScheduledExecutorService timers,
      Executor cancellations) {
    this.calls = calls;
    this.timeout = timeout;
    this.authorization = authorization;
    this.progress = progress;
    this.timers = timers;
    this.running = new RunningCall(progress, cancellations);
  }

  /**
   * Sends the request and waits for the response on the calling thread, at most for the timeout
   * passed to {@link Upgrader#upgrade}.
   *
   * @throws UpgradeRejectedException if the response was not a correct 101
   * @throws InterruptedIOException with the message "timeout" if there was no response in time
   * @throws IOException if there was no response; {@link #progress()} returns the step that failed
   */
  public UpgradedSocket execute() throws IOException {
    boolean done = false;
    progress.enter();
    Future<?> timer = null;
    try {
      Call first = calls.next(this, false);
      if (!timeout.isZero()) {
        timer = timers.schedule(running::expire, NANOSECONDS.convert(timeout), NANOSECONDS);
      }
      Call answered = executeCalls(first);
      UpgradedSocket upgraded =
          new UpgradedSocket(answered, requireNonNull(okioSocket), requireNonNull(socket));
      done = true;
      return upgraded;
    } catch (UpgradeRejectedException e) {
      throw e; // The timeout can expire while the body is read. Report the rejection.
    } catch (IOException e) {
      throw timedOutOr(e);
    } finally {
      if (timer != null) {
        timer.cancel(false);
      }
      DialProgress.leave();
      authorization.forget();
      if (!done) {
        releaseGranted();
      }
    }
  }

  private IOException timedOutOr(IOException e) {
    if (!running.isExpired()) {
      return e;
    }
    InterruptedIOException timedOut = new InterruptedIOException("timeout");
    timedOut.initCause(e);
    return timedOut;
  }

  /** Executes at most three calls and returns the call that received the response. */
  private Call executeCalls(Call first) throws IOException {
    boolean fresh = false;
    boolean inSequence = false;
    Call next = first;
    while (true) {
      running.begin(next);
      try {
        executeInTime(next);
        return next;
      } catch (UpgradeRejectedException e) {
        throw e;
      } catch (IOException | OutOfMemoryError e) {
        if (e instanceof OutOfMemoryError) {
          calls.evictIdle(); // OkHttp may have left the connection in its pool.
        }
        if (!inSequence && isWithoutThread(e)) {
          inSequence = true;
          calls.connectInSequence();
        } else if (!fresh && isOfConnection(e)) {
          fresh = true;
        } else {
          throw e;
        }
        LOG.debug("{}; sending the request once more", e.getMessage(), e);
        releaseGranted();
        next = calls.next(this, fresh);
      }
    }
  }

  /** Returns whether OkHttp could not start a thread to connect. */
  private boolean isWithoutThread(Throwable failure) {
    return running.isAbandoned()
        || (failure instanceof OutOfMemoryError && progress.unconnectedNanos() > 0);
  }

  /** Returns whether the request can succeed on a new connection. */
  private boolean isOfConnection(Throwable failure) {
    if (failure instanceof DeadConnectionException dead) {
      if (dead.isSilent()) {
        calls.evictIdle(); // The other idle connections use the same path.
      }
      return true;
    }
    return isAnswerable(failure);
  }

  /**
   * Returns whether a second request can answer a proxy's challenge. If a proxy has several
   * addresses, OkHttp throws the first failure and adds the others as suppressed exceptions.
   */
  private static boolean isAnswerable(Throwable failure) {
    return (failure instanceof ProxyException proxy && proxy.isAnswerable())
        || Stream.of(failure.getSuppressed()).anyMatch(Upgrade::isAnswerable);
  }

  /** Executes a call, and fails if it was cancelled before it returned. */
  private void executeInTime(Call next) throws IOException {
    Recheck unconnectedTimer = null;
    try {
      if (!calls.connectsInSequence()) {
        unconnectedTimer =
            QuietTimer.start(
                timers,
                MAX_UNCONNECTED,
                progress::unconnectedNanos,
                () -> running.abandon(next),
                e -> running.abandon(next));
      }
      execute(next);
    } finally {
      if (unconnectedTimer != null) {
        unconnectedTimer.stop();
      }
    }
    running.complete();
  }

  private static void execute(Call call) throws IOException {
    try {
      call.execute().close(); // Closes only the empty body, not the socket.
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw undeclared(e);
    }
  }

  /**
   * Converts an exception that OkHttp or an interceptor throws without declaring it: Kotlin has no
   * checked exceptions. OkHttp itself throws InterruptedException while it waits for a connection.
   */
  static IOException undeclared(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    return new IOException(
        "an interceptor failed: " + e + "; check the interceptors of the OkHttpClient", e);
  }

  /**
   * Cancels the request, so that {@link #execute} fails soon, or aborts the connection of a
   * completed upgrade. Thread-safe. Does not block.
   */
  public void cancel() {
    running.cancel();
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
      okioSocket = null;
      UpgradedSocket.release(unused);
    }
  }
}
