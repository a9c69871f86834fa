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
 * One request for a websocket. OkHttp does all of it: DNS, proxies, TLS, interceptors, the HTTP
 * exchange. When a connection from the pool gives no answer, the request is sent once more, on a
 * new connection.
 */
public final class Upgrade {
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

  /** OkHttp takes zero for no limit. */
  private static final Duration NO_TIME_LEFT = Duration.ofNanos(1);

  /** Makes calls for the request. */
  interface Calls {
    /**
     * Makes a call.
     *
     * @param fresh whether it must open a new connection
     * @param limit for the call; zero for none
     */
    Call next(boolean fresh, Duration limit);
  }

  private final Calls calls;
  private final Duration timeout;
  private final Runnable evictIdle;
  private final Authorization authorization;
  private final Granted granted;
  private final DialProgress progress;

  private Call call; // guarded by this
  private boolean cancelled; // guarded by this

  Upgrade(
      Calls calls,
      Duration timeout,
      Runnable evictIdle,
      Authorization authorization,
      Granted granted,
      DialProgress progress) {
    this.calls = calls;
    this.timeout = timeout;
    this.evictIdle = evictIdle;
    this.authorization = authorization;
    this.granted = granted;
    this.progress = progress;
    this.call = calls.next(false, timeout);
  }

  /**
   * Asks, on the calling thread, for as long as the timeout given to {@link Upgrader#upgrade}.
   *
   * @throws UpgradeRefusedException when the server answered otherwise than with a correct 101
   * @throws IOException when there was no answer: {@link #progress()} tells how far it came
   */
  public UpgradedSocket execute() throws IOException {
    boolean done = false;
    long startedAt = System.nanoTime();
    progress.enter();
    try {
      Call answered = executeCalls(startedAt);
      UpgradedSocket socket = granted.socket(answered);
      done = true;
      return socket;
    } catch (InterruptedIOException e) {
      // The time ran out over the body of a refusal; its status is what counts.
      throw e.getCause() instanceof UpgradeRefusedException refusal ? refusal : e;
    } finally {
      DialProgress.leave();
      authorization.forget();
      if (!done) {
        granted.release();
      }
    }
  }

  /** Returns the call that was answered. */
  private Call executeCalls(long startedAt) throws IOException {
    Call first = current();
    try {
      execute(first);
      return first;
    } catch (DeadConnectionException e) {
      LOG.debug("{}; opening a new connection", e.getMessage(), e);
      if (e.isSilent()) {
        evictIdle.run(); // The others were idle over the same path.
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

  /** Of a proxy with several addresses, OkHttp throws the first failure with the others. */
  private static boolean isAnswerable(Throwable failure) {
    return (failure instanceof ProxyException proxy && proxy.isAnswerable())
        || Stream.of(failure.getSuppressed()).anyMatch(Upgrade::isAnswerable);
  }

  private Call executeSecond(long startedAt) throws IOException {
    Call second = secondCall(startedAt);
    execute(second);
    return second;
  }

  private synchronized Call current() {
    return call;
  }

  private synchronized Call secondCall(long startedAt) {
    Duration left = timeout.minusNanos(System.nanoTime() - startedAt);
    boolean late = left.compareTo(NO_TIME_LEFT) < 0;
    call = calls.next(true, timeout.isZero() ? timeout : late ? NO_TIME_LEFT : left);
    if (cancelled) {
      call.cancel();
    }
    return call;
  }

  private static void execute(Call call) throws IOException {
    try {
      call.execute().close(); // The body, which is empty; the socket stays.
    } catch (Exception e) {
      // OkHttp lets it through where it waits for a connection, since Kotlin declares no
      // exceptions.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  /** Makes {@link #execute} fail at once. From any thread; does nothing to a granted upgrade. */
  public void cancel() {
    Call running;
    synchronized (this) {
      cancelled = true;
      running = call;
    }
    running.cancel();
  }

  /** How far the request came. From any thread. */
  public DialProgress progress() {
    return progress;
  }

  /** Where the interceptor of a granted upgrade puts the two views of its socket. */
  static final class Granted {
    private @Nullable Socket socket;
    private okio.@Nullable Socket okioSocket;

    void accept(Socket socket, Response response) {
      this.socket = socket;
      this.okioSocket = requireNonNull(response.socket());
    }

    private UpgradedSocket socket(Call call) throws IOException {
      return new UpgradedSocket(call, requireNonNull(okioSocket), requireNonNull(socket));
    }

    /** A call that failed after it was granted, because it was cancelled in that moment. */
    private void release() {
      okio.Socket unused = okioSocket;
      if (unused != null) {
        UpgradedSocket.release(unused);
      }
    }
  }
}
