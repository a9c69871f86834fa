package io.github.devicetunnel.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What has begun in a service and not ended, and what went wrong: all that is to be told at the end
 * of a test. From any thread.
 */
final class Ledger {
  /** Enough for a person; what comes after is only counted. */
  private static final int KEPT = 50;

  /** Something that is to end before the test does. */
  interface Item {
    /** What to say of it when it has not. */
    String describe();

    /** Called when its end is awaited: what keeps it from ending by order, ends. Never waits. */
    default void release() {}
  }

  private final Set<Item> open = new LinkedHashSet<>(); // everything here is guarded by this
  private final List<String> leaks = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private int notKept;
  private boolean closed;

  synchronized void begin(Item item) {
    open.add(item);
    notifyAll();
  }

  synchronized void end(Item item) {
    open.remove(item);
    notifyAll();
  }

  /** Something that ended, and not as it should. */
  synchronized void leak(String text) {
    if (!closed) {
      keep(leaks, text);
    }
  }

  /** What code of the test threw on a thread of the service. */
  synchronized void failure(String where, Throwable thrown) {
    if (!closed) {
      keep(failures, new AssertionError(where + " threw " + thrown, thrown));
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private <T> void keep(List<T> list, T item) {
    if (list.size() < KEPT) {
      list.add(item);
    } else {
      notKept++;
    }
  }

  /** From now on everything is cut, and nothing of that is a finding. */
  synchronized void close() {
    closed = true;
  }

  /**
   * Waits until all that has begun has ended, and forgets what it tells.
   *
   * @param leaksCount whether what is left, and what did not end in order, is to be told
   * @throws AssertionError with all that went wrong
   */
  synchronized void verify(boolean leaksCount, Duration patience) {
    if (leaksCount) {
      awaitEnds(patience);
      open.forEach(item -> keep(leaks, item.describe()));
    } else {
      leaks.clear();
    }
    if (leaks.isEmpty() && failures.isEmpty()) {
      return;
    }
    AssertionError error = new AssertionError(message());
    failures.forEach(error::addSuppressed);
    leaks.clear();
    failures.clear();
    notKept = 0;
    throw error;
  }

  private String message() {
    List<String> lines = new ArrayList<>();
    lines.add("at the end of the test, in the tunnelling service:");
    failures.forEach(failure -> lines.add(String.valueOf(failure.getMessage())));
    lines.addAll(leaks);
    if (notKept > 0) {
      lines.add("and " + notKept + " more");
    }
    return String.join("\n  - ", lines);
  }

  private void awaitEnds(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      for (long left = patience.toNanos(); left > 0 && !open.isEmpty(); ) {
        open.forEach(Item::release); // What began while this waits, too.
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
