package io.github.devicetunnel.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The open items and the failures of a service, which are reported at the end of a test.
 * Thread-safe.
 */
final class Ledger {
  /** Maximum number of reported findings of each kind; further ones are only counted. */
  private static final int MAX_FINDINGS = 50;

  /** An item that must end before the test does. */
  interface Item {
    /** Returns the finding to report if the item has not ended. */
    String describe();

    /** Called while waiting for the item to end. Ends an ordered stall. Never blocks. */
    default void release() {}
  }

  private final Set<Item> open = new LinkedHashSet<>(); // all fields are guarded by this
  private final List<String> leaks = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private int omitted;
  private boolean closed;

  synchronized void begin(Item item) {
    open.add(item);
    notifyAll();
  }

  synchronized void end(Item item) {
    open.remove(item);
    notifyAll();
  }

  /** Records an item that did not end cleanly. */
  synchronized void recordLeak(String text) {
    if (!closed) {
      keep(leaks, text);
    }
  }

  /** Records an exception that test code threw on a thread of the service. */
  synchronized void recordFailure(String where, Throwable thrown) {
    if (!closed) {
      keep(failures, new AssertionError(where + " threw " + thrown, thrown));
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private <T> void keep(List<T> list, T item) {
    if (list.size() < MAX_FINDINGS) {
      list.add(item);
    } else {
      omitted++;
    }
  }

  /** Stops recording: the service is closing, and everything is aborted. */
  synchronized void close() {
    closed = true;
  }

  /**
   * Waits until all items have ended, reports the findings and removes them.
   *
   * @param checkLeaks whether open items and unclean ends are reported
   * @throws AssertionError with all findings
   */
  synchronized void verify(boolean checkLeaks, Duration timeout) {
    if (checkLeaks) {
      awaitEnds(timeout);
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
    omitted = 0;
    throw error;
  }

  private String message() {
    List<String> lines = new ArrayList<>();
    lines.add("at the end of the test, in the tunnelling service:");
    failures.forEach(failure -> lines.add(String.valueOf(failure.getMessage())));
    lines.addAll(leaks);
    if (omitted > 0) {
      lines.add("and " + omitted + " more");
    }
    return String.join("\n  - ", lines);
  }

  private void awaitEnds(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      for (long left = timeout.toNanos(); left > 0 && !open.isEmpty(); ) {
        open.forEach(Item::release); // includes items that began while waiting
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
