package io.github.devicetunnel.internal.net;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Dns} whose lookups can be cancelled. The system's resolver cannot be cancelled or
 * interrupted and may take a minute if a name server does not answer. It therefore runs on another
 * thread, and the waiting thread continues when its call is cancelled or times out. See
 * docs/rationale/threads-and-memory.md.
 */
public final class CancellableDns implements Dns {
  private final Dns delegate;
  private final Executor helpers;

  public CancellableDns(Dns delegate, Executor helpers) {
    this.delegate = delegate;
    this.helpers = helpers;
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    return lookup(host, DialProgress.current());
  }

  /** Resolves a host name for a dial, which need not be the dial of the calling thread. */
  public List<InetAddress> lookup(String host, @Nullable DialProgress dial)
      throws UnknownHostException {
    if (dial == null) {
      return delegate.lookup(host);
    }
    CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    helpers.execute(
        () -> {
          try {
            answer.complete(delegate.lookup(host));
          } catch (UnknownHostException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    dial.onCancel(() -> answer.cancel(false));
    try {
      return answer.get();
    } catch (CancellationException e) {
      throw failure("the lookup of " + host + " was cancelled", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("the lookup of " + host + " was interrupted", new InterruptedIOException());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw failure(host + ": " + e.getCause(), e);
    }
  }

  private static UnknownHostException failure(String message, Exception cause) {
    UnknownHostException failure = new UnknownHostException(message);
    failure.initCause(cause);
    return failure;
  }
}
