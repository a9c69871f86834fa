package io.github.devicetunnel.internal.upgrade;

import io.github.devicetunnel.internal.net.DialProgress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import okhttp3.Call;
import okhttp3.Response;

/**
 * Connections to one server that are opened, or proven to be alive, together, and left idle in the
 * pool of OkHttp: each by one small request without any secret, as the pool takes none that was
 * never used. It does not matter what the server answers.
 */
public final class WarmUp {
  /** A connection with more on it is given up when OkHttp closes the answer. */
  private static final long LONGEST_ANSWER = 64 << 10;

  /**
   * One connection.
   *
   * @param result completed when it is open, has failed, or was given up
   */
  record Opening(Call call, DialProgress progress, CompletableFuture<Void> result) {
    Opening(Call call, DialProgress progress) {
      this(call, progress, new CompletableFuture<>());
    }
  }

  private final List<Opening> openings;
  private final Rendezvous gathering;

  WarmUp(List<Opening> openings, Rendezvous gathering) {
    this.openings = openings;
    this.gathering = gathering;
  }

  /**
   * Opens them side by side, and waits for that on the calling thread, for as long as the timeout
   * given to {@link Upgrader#warmUp}.
   *
   * @param helpers runs one task for each
   * @throws IOException when one could not be opened; the others were
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
        cancel(); // There is no thread for one, so the others would wait for it.
      }
    }
    try {
      CompletableFuture.allOf(
              openings.stream().map(Opening::result).toArray(CompletableFuture<?>[]::new))
          .join();
    } catch (CancellationException e) {
      throw new IOException("given up", e);
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  private void open(Opening opening) {
    opening.progress().enter();
    try {
      try (Response response = opening.call().execute()) {
        // What is answered is of no interest, but it must be out of the way.
        response.body().source().request(LONGEST_ANSWER);
      }
      opening.result().complete(null);
    } catch (Exception e) {
      opening.result().completeExceptionally(e);
    } finally {
      opening.result().cancel(false); // Where an error left it open.
      DialProgress.leave();
      gathering.arrive();
    }
  }

  /** Whether a connection that was in the pool gave no answer, and is closed now. */
  public boolean foundDeadConnection() {
    return openings.stream().map(Opening::result).anyMatch(WarmUp::isDead);
  }

  private static boolean isDead(CompletableFuture<Void> result) {
    return result.handle((done, e) -> e instanceof DeadConnectionException).getNow(false);
  }

  /** Makes {@link #execute} fail at once. From any thread; never waits. */
  public void cancel() {
    for (Opening opening : openings) {
      opening.call().cancel();
      opening.result().cancel(false);
      gathering.arrive();
    }
  }
}
