package io.github.devicetunnel;

import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the token for one dial, and looks whether it can open a tunnel at all. A source is asked on
 * another thread: it may wait for something that cannot be interrupted, and neither the dial nor
 * whoever closes it should have to wait for that.
 */
final class TokenLookup {
  private final Credentials credentials;
  private final Target target;
  private final Executor helpers;
  private final FutureTask<String> asking;

  TokenLookup(Settings settings, Executor helpers, boolean freshWanted) {
    this.credentials = settings.credentials();
    this.target = settings.target();
    this.helpers = helpers;
    TokenRequest request = new TokenRequest(target, freshWanted);
    this.asking = new FutureTask<>(() -> credentials.source().token(request));
  }

  /**
   * Waits for the token.
   *
   * @throws TokenException when there is none, or it can be seen to open nothing
   * @throws InterruptedIOException when the thread was interrupted; it keeps its flag
   * @throws IOException when it was cancelled
   */
  String get(Duration limit) throws IOException {
    String fixed = credentials.fixedToken();
    String token = fixed == null ? ask(limit) : fixed;
    String defect = credentials.defect(token, target, Instant.now());
    if (defect != null) {
      throw TokenException.refused("it " + defect);
    }
    return token;
  }

  private String ask(Duration limit) throws IOException {
    helpers.execute(asking);
    try {
      String token = asking.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
      // Nothing keeps an application's source from it.
      if ((Object) token == null) {
        throw TokenException.missing(
            "the token source returned null: it must return a token, or throw", null);
      }
      return token;
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      throw TokenException.missing(
          "the token source gave none within "
              + Durations.seconds(limit)
              + ", the connect timeout: make it quicker, or raise that",
          e);
    } catch (CancellationException e) {
      throw new IOException("the token source was given up", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      cancel();
    }
  }

  private static TokenException failed(@Nullable Throwable cause) {
    String known = cause instanceof IOException ? cause.getMessage() : null;
    String message = known == null ? "the token source failed: " + cause : known;
    return TokenException.missing(OneLine.words(message, OneLine.MAX_FOREIGN), cause);
  }

  /** Makes {@link #get} fail at once, and interrupts the source. From any thread; never waits. */
  void cancel() {
    asking.cancel(true);
  }
}
