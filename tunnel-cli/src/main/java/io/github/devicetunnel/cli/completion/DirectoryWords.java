package io.github.devicetunnel.cli.completion;

import io.github.devicetunnel.cli.book.NameCache;
import io.github.devicetunnel.cli.process.Daemons;
import java.time.Instant;
import java.util.List;

/**
 * The names of the device directory, for completion. A shell waits for them, so they come from a
 * cache. If the cache is too old, the directory has a moment to answer.
 */
final class DirectoryWords {
  /** With the start of the JVM, the shell waits for less than a second. */
  private static final long MAX_WAIT_MILLIS = 500;

  private DirectoryWords() {}

  /**
   * Returns the names, or none if they are not available in time.
   *
   * @param refresh requests the names and replaces the cache, unless it fails; runs on another
   *     thread
   */
  static List<String> names(NameCache cache, Runnable refresh) {
    List<String> cached = cache.read(Instant.now());
    if (cached != null) {
      return cached;
    }
    Thread thread = Daemons.thread("tunnel-names", refresh);
    thread.start();
    try {
      thread.join(MAX_WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<String> fresh = cache.read(Instant.now());
    if (fresh == null && !thread.isAlive()) {
      cache.write(List.of()); // The next attempt is made when this is too old.
    }
    return fresh == null ? List.of() : fresh;
  }
}
