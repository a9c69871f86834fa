package io.github.devicetunnel.benchmarks;

import java.util.EnumMap;
import java.util.Map;

/** Counts completed scenarios and failures. Thread-safe. */
final class Tally {
  /** Maximum number of printed failures; the first ones are the most useful. */
  private static final int MOST_SHOWN = 20;

  private final Map<Scenario, Integer> done = new EnumMap<>(Scenario.class); // guarded by this
  private int failures; // guarded by this

  synchronized void succeeded(Scenario scenario) {
    done.merge(scenario, 1, Integer::sum);
  }

  synchronized void failed(Scenario scenario, boolean tls, Throwable failure) {
    failures++;
    if (failures <= MOST_SHOWN) {
      System.out.println("FAILED " + scenario + " over " + (tls ? "wss" : "ws") + ":");
      failure.printStackTrace(System.out);
    }
  }

  synchronized int done() {
    return done.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized int failures() {
    return failures;
  }

  @Override
  public synchronized String toString() {
    return done + ", " + failures + " failed";
  }
}
