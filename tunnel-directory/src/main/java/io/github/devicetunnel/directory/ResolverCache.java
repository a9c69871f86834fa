package io.github.devicetunnel.directory;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The results of recent lookups, the least recently used first. Not thread-safe. */
final class ResolverCache {
  static final int MAX_NAMES = 10_000;

  private static final long FOUND_NANOS = Duration.ofMinutes(5).toNanos();
  private static final long FAILED_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long PASSING_NANOS = Duration.ofSeconds(1).toNanos();

  private final LongSupplier clock;
  private final Map<String, ResolvedName> names = new LinkedHashMap<>(16, 0.75f, true);

  ResolverCache(LongSupplier nanoTime) {
    this.clock = nanoTime;
  }

  /** Returns the result for a name, or null if the directory must be read. */
  @Nullable ResolvedName current(String name) {
    ResolvedName cached = names.get(name);
    return cached != null && clock.getAsLong() - cached.staleAt() < 0 ? cached : null;
  }

  ResolvedName put(String name, String deviceId) {
    long now = clock.getAsLong();
    return keep(name, new ResolvedName(deviceId, null, now, now + FOUND_NANOS));
  }

  /** Keeps a failure, or the earlier result if the failure may pass. */
  ResolvedName putFailure(String name, IOException failure) {
    long now = clock.getAsLong();
    long staleAt = now + nanos(failure);
    ResolvedName earlier = names.get(name);
    if (isPassing(failure) && earlier != null && earlier.deviceId() != null) {
      return keep(name, earlier.staleAt(staleAt));
    }
    return keep(name, new ResolvedName(null, failure, now, staleAt));
  }

  private static boolean isPassing(IOException failure) {
    return failure instanceof DirectoryException directory && directory.isRetryable();
  }

  private static long nanos(IOException failure) {
    if (!isPassing(failure)) {
      return FAILED_NANOS;
    }
    Duration retryAfter = ((DirectoryException) failure).retryAfter();
    return retryAfter == null ? PASSING_NANOS : Math.max(PASSING_NANOS, retryAfter.toNanos());
  }

  private ResolvedName keep(String name, ResolvedName resolved) {
    names.put(name, resolved);
    if (names.size() > MAX_NAMES) {
      names.remove(names.keySet().iterator().next());
    }
    return resolved;
  }

  /** Makes the names of a device stale, but not before the time of a failed lookup has passed. */
  void forget(String deviceId) {
    names.replaceAll(
        (name, resolved) -> {
          long staleAt = resolved.resolvedAt() + FAILED_NANOS;
          return deviceId.equals(resolved.deviceId()) && staleAt - resolved.staleAt() < 0
              ? resolved.staleAt(staleAt)
              : resolved;
        });
  }
}
