package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.DetachedCall;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Obtains the token for one dial attempt and checks that it is usable. A token source runs on
 * another thread, because it may block and ignore interrupts. Neither the dial nor {@code close()}
 * then waits for it. See docs/rationale/threads-and-memory.md.
 */
final class TokenLookup {
  private final Credentials credentials;
  private final @Nullable Target target;
  private final DetachedCall<String> request;

  TokenLookup(Settings settings, Executor threads, boolean forceRefresh) {
    this(settings.credentials(), settings.target(), threads, forceRefresh);
  }

  /**
   * Prepares a lookup.
   *
   * @param target null for a request to the REST API
   */
  TokenLookup(
      Credentials credentials, @Nullable Target target, Executor threads, boolean forceRefresh) {
    this.credentials = credentials;
    this.target = target;
    TokenRequest details = new TokenRequest(target, forceRefresh);
    this.request =
        new DetachedCall<>(
            () -> credentials.source().token(details), credentials.running(), threads);
  }

  /**
   * Returns the token, and waits for it if necessary.
   *
   * @throws TokenException if no token is available or the token is unusable
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IOException if the lookup was cancelled
   */
  String get(Duration limit) throws IOException {
    String fixed = credentials.fixedToken();
    String token = fixed == null ? request(limit) : fixed;
    String defect = credentials.defect(token, target, Instant.now());
    if (defect != null) {
      throw TokenException.unusable(credentials.noun() + " " + defect);
    }
    return token;
  }

  private String request(Duration limit) throws IOException {
    try {
      String token = request.get(TimeUnit.NANOSECONDS.convert(limit));
      // An application's source may violate the contract.
      if ((Object) token == null) {
        throw TokenException.missing(
            "the token source returned null; return a token or throw an exception", null);
      }
      return token;
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (TimeoutException e) {
      throw TokenException.missing(
          "the token source returned no token within "
              + Durations.seconds(limit)
              + "; make it faster or raise the connect timeout",
          e);
    } catch (CancellationException e) {
      throw new IOException("the token lookup was cancelled", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static TokenException failed(@Nullable Throwable cause) {
    String known = cause instanceof IOException ? cause.getMessage() : null;
    String message = known == null ? "the token source failed: " + cause : known;
    return TokenException.missing(OneLine.words(message, OneLine.MAX_FOREIGN), cause);
  }

  /**
   * Cancels the lookup: {@link #get} fails immediately, and the source is interrupted. Thread-safe.
   * Does not block.
   */
  void cancel() {
    request.cancel();
  }
}
