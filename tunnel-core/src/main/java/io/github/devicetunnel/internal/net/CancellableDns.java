package io.github.devicetunnel.internal.net;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.DetachedCall;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Dns} whose lookups can be cancelled. The system's resolver cannot be cancelled or
 * interrupted and may take a minute if a name server does not answer. It therefore runs on another
 * thread, and the waiting thread continues when its call is cancelled or times out. See
 * docs/rationale/threads-and-memory.md.
 */
public final class CancellableDns implements Dns {
  /** Maximum number of lookups of one host that have not returned. */
  private static final int MAX_RUNNING = 4;

  private final Dns delegate;
  private final Executor threads;
  private final Map<String, Admission> running = new ConcurrentHashMap<>();

  public CancellableDns(Dns delegate, Executor threads) {
    this.delegate = delegate;
    this.threads = threads;
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
    DetachedCall<List<InetAddress>> call =
        new DetachedCall<>(() -> delegate.lookup(host), running(host), threads);
    dial.onCancel(call::cancel);
    try {
      return call.get(Long.MAX_VALUE);
    } catch (CancellationException | TimeoutException e) {
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

  /** Returns the limit for one host, so that its name server does not delay other hosts. */
  private Admission running(String host) {
    return running.computeIfAbsent(host, key -> new Admission(MAX_RUNNING));
  }

  private static UnknownHostException failure(String message, Exception cause) {
    UnknownHostException failure = new UnknownHostException(message);
    failure.initCause(cause);
    return failure;
  }
}
