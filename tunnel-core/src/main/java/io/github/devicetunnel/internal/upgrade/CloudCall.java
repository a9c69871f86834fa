package io.github.devicetunnel.internal.upgrade;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One call to the REST API of a cloud, from its token to the head of its response. Its timeout does
 * not depend on a thread of OkHttp or Okio. See docs/rationale/devices.md.
 */
final class CloudCall {
  private static final int UNAUTHORIZED = 401;
  private static final MediaType TEXT = MediaType.get("text/plain; charset=utf-8");

  private final CloudCalls calls;
  private final DialProgress progress;
  private final Duration timeout;
  private final ScheduledExecutorService timers;
  private final Executor cancellations;
  private final Runnable onIdle;

  /**
   * Creates the state of a call.
   *
   * @param onIdle runs when the connection of the call may have become idle
   */
  CloudCall(
      CloudCalls calls,
      DialProgress progress,
      Duration timeout,
      ScheduledExecutorService timers,
      Executor cancellations,
      Runnable onIdle) {
    this.calls = calls;
    this.progress = progress;
    this.timeout = timeout;
    this.timers = timers;
    this.cancellations = cancellations;
    this.onIdle = onIdle;
  }

  boolean isOfCloud(HttpUrl url) {
    return calls.isOfCloud(url);
  }

  /** Returns the maximum pause between two parts of a response. */
  int pauseMillis() {
    long millis = TimeUnit.MILLISECONDS.convert(timeout);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, millis));
  }

  /**
   * Executes the call on the calling thread.
   *
   * @throws IOException if there is no response, described for the user
   */
  Response execute(Interceptor.Chain chain) throws IOException {
    Call call = chain.call();
    call.addEventListener(new End());
    calls.begin(call);
    RunningCall running = new RunningCall(progress, cancellations);
    Deadline deadline = Deadline.in(timeout);
    progress.enter();
    Future<?> timer = null;
    try {
      running.begin(call);
      // Limits its own time.
      Authorization secret = authorization(call, deadline, false);
      timer = timers.schedule(running::expire, deadline.nanosLeft(), NANOSECONDS);
      return respond(chain, running, deadline, secret);
    } catch (IOException e) {
      throw failure(e, call, running);
    } finally {
      if (timer != null) {
        timer.cancel(false);
      }
      DialProgress.leave();
    }
  }

  private Response respond(
      Interceptor.Chain chain, RunningCall running, Deadline deadline, Authorization first)
      throws IOException {
    Authorization secret = first;
    try {
      Response response = proceed(chain, secret);
      if (response.code() == UNAUTHORIZED && mayRepeat(chain.request())) {
        response.close();
        secret.forget();
        secret = authorization(chain.call(), deadline, true);
        response = proceed(chain, secret);
      }
      complete(running, response);
      return response.isSuccessful() ? response : withoutSecret(response, secret, deadline);
    } finally {
      secret.forget();
    }
  }

  private Authorization authorization(Call call, Deadline deadline, boolean forceRefresh)
      throws IOException {
    CloudCalls.Token token = calls.token(forceRefresh);
    progress.onCancel(token::cancel);
    if (call.isCanceled()) {
      throw new IOException("Canceled");
    }
    Duration left = Duration.ofNanos(Math.max(1, deadline.nanosLeft()));
    return new Authorization("Bearer " + token.get(left));
  }

  private static Response proceed(Interceptor.Chain chain, Authorization secret)
      throws IOException {
    Request request = chain.request().newBuilder().tag(Authorization.class, secret).build();
    try {
      return chain.proceed(request);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw Upgrade.undeclared(e);
    }
  }

  private boolean mayRepeat(Request request) {
    RequestBody body = request.body();
    return !calls.hasFixedToken() && (body == null || !body.isOneShot());
  }

  /** Ends the time limit of the call, and closes the response if it was too late. */
  private static void complete(RunningCall running, Response response) throws IOException {
    boolean completed = false;
    try {
      running.complete();
      completed = true;
    } finally {
      if (!completed) {
        response.close();
      }
    }
  }

  /** Reads the beginning of an error. An intermediary may repeat the request in it. */
  private static Response withoutSecret(
      Response response, Authorization secret, Deadline deadline) {
    try (response) {
      String text = secret.hideIn(AnswerBody.beginning(response, deadline));
      Response.Builder error = response.newBuilder().body(ResponseBody.create(text, TEXT));
      String location = response.header("Location");
      if (location != null && !secret.hideIn(location).equals(location)) {
        error.removeHeader("Location");
      }
      return error.build();
    }
  }

  /** Describes why there is no response. */
  private IOException failure(IOException e, Call call, RunningCall running) {
    if (running.isExpired()) {
      InterruptedIOException timedOut = new InterruptedIOException("timeout");
      timedOut.initCause(e);
      return calls.describe(timedOut, progress);
    }
    if (call.isCanceled()) {
      return calls.isClosed()
          ? new IOException("the request was cancelled because its TunnelClient was closed", e)
          : new IOException("Canceled", e); // OkHttp's message
    }
    boolean interrupted = Thread.currentThread().isInterrupted();
    return interrupted && e instanceof InterruptedIOException ? e : calls.describe(e, progress);
  }

  /** Forgets the call after its response has been read or has failed. */
  private final class End extends EventListener {
    @Override
    public void callEnd(Call call) {
      end(call);
    }

    @Override
    public void callFailed(Call call, IOException e) {
      end(call);
    }

    private void end(Call call) {
      calls.end(call);
      onIdle.run();
    }
  }
}
