package io.github.devicetunnel.internal.upgrade;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.Response;

/**
 * A group of connections to one server that are opened, or proven to be alive, together and then
 * left idle in OkHttp's pool. Each connection serves one small request without a credential,
 * because the pool accepts only connections that have been used. The status of the response is
 * ignored. See docs/rationale/dial.md.
 */
public final class WarmUp {
  /** Maximum length of a response to read. If more is left, OkHttp may close the connection. */
  private static final long MAX_ANSWER = 64 << 10;

  /**
   * One connection.
   *
   * @param result completed when the connection is open, has failed or was cancelled
   */
  record Opening(Call call, DialProgress progress, CompletableFuture<Void> result) {
    Opening(Call call, DialProgress progress) {
      this(call, progress, new CompletableFuture<>());
    }
  }

  private final List<Opening> openings;
  private final Rendezvous gathering;
  private final Duration timeout;
  private final Executor cancellations;
  private final Runnable onIdle;

  /**
   * Creates a group.
   *
   * @param onIdle runs when a connection may have become idle, even after {@link #cancel}
   */
  WarmUp(
      List<Opening> openings,
      Rendezvous gathering,
      Duration timeout,
      Executor cancellations,
      Runnable onIdle) {
    this.openings = openings;
    this.gathering = gathering;
    this.timeout = timeout;
    this.cancellations = cancellations;
    this.onIdle = onIdle;
  }

  /**
   * Opens the connections in parallel and waits on the calling thread, at most for the timeout
   * passed to {@link Upgrader#warmUp}.
   *
   * @param helpers runs one task for each connection
   * @throws IOException if a connection could not be opened, or after {@link #cancel}; all other
   *     connections have been opened or have failed
   */
  public void execute(Executor helpers) throws IOException {
    boolean begun = false;
    try {
      for (Opening opening : openings) {
        helpers.execute(() -> open(opening));
      }
      begun = true;
    } finally {
      if (!begun) {
        cancel(); // A task could not be started, so the others would wait for it.
      }
    }
    try {
      CompletableFuture.allOf(
              openings.stream().map(Opening::result).toArray(CompletableFuture<?>[]::new))
          .get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      cancel();
      throw new InterruptedIOException("timeout");
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private void open(Opening opening) {
    opening.progress().enter();
    try {
      try (Response response = opening.call().execute()) {
        // Read the response, so that the connection can be reused.
        response.body().source().request(MAX_ANSWER);
      }
      opening.result().complete(null);
    } catch (Exception e) {
      opening.result().completeExceptionally(e);
    } finally {
      opening.result().cancel(false); // Completes the result after an Error.
      DialProgress.leave();
      gathering.arrive();
      onIdle.run();
    }
  }

  /** Returns whether a pooled connection did not answer and has been closed. */
  public boolean foundDeadConnection() {
    return openings.stream().map(Opening::result).anyMatch(WarmUp::isDead);
  }

  private static boolean isDead(CompletableFuture<Void> result) {
    return result.handle((done, e) -> e instanceof DeadConnectionException).getNow(false);
  }

  /** Cancels the requests, so that {@link #execute} fails at once. Thread-safe. Does not block. */
  public void cancel() {
    for (Opening opening : openings) {
      opening.progress().cancel();
      cancellations.execute(opening.call()::cancel);
      opening.result().cancel(false);
      gathering.arrive();
    }
  }
}
