package io.github.devicetunnel.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The latest 1000 upgrade requests that were not taken. Thread-safe. */
final class UpgradeLog {
  static final int CAPACITY = 1_000;

  private final Deque<RecordedUpgrade> upgrades = new ArrayDeque<>(); // guarded by this

  synchronized void add(RecordedUpgrade upgrade) {
    if (upgrades.size() == CAPACITY) {
      upgrades.remove();
    }
    upgrades.add(upgrade);
    notifyAll();
  }

  synchronized List<RecordedUpgrade> all() {
    return List.copyOf(upgrades);
  }

  /** Removes and returns the oldest request, waiting up to the given time for one. */
  synchronized RecordedUpgrade take(Duration time) throws InterruptedException {
    long left = TimeUnit.NANOSECONDS.convert(time);
    long end = System.nanoTime() + left;
    while (left > 0 && upgrades.isEmpty()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    if (upgrades.isEmpty()) {
      throw new AssertionError("no request for a tunnel came within " + time);
    }
    return upgrades.remove();
  }
}
