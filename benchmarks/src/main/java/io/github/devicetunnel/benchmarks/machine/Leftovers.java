package io.github.devicetunnel.benchmarks.machine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What would outlive this process: children, network namespaces and devices. Each is registered
 * when it is made, taken out when it is gone, and ended here on every other way out.
 */
public final class Leftovers {
  private static final Set<Runnable> CLEANERS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::clear, "clear-leftovers"));
  }

  private Leftovers() {}

  /** To be run once when this process ends, unless it is forgotten before. Any thread. */
  public static void register(Runnable cleaner) {
    CLEANERS.add(cleaner);
  }

  /** What it would end is gone. */
  public static void forget(Runnable cleaner) {
    CLEANERS.remove(cleaner);
  }

  /** Runs what is registered, now. */
  public static void clear() {
    for (Runnable cleaner : List.copyOf(CLEANERS)) {
      cleaner.run();
      CLEANERS.remove(cleaner);
    }
  }
}
