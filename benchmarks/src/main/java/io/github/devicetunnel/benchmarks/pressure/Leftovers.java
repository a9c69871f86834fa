package io.github.devicetunnel.benchmarks.pressure;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What would outlive this process: children and network namespaces. Each is registered when it is
 * made, taken out when it is gone, and ended here on every other way out.
 */
final class Leftovers {
  private static final Set<Runnable> CLEANERS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::clear, "clear-leftovers"));
  }

  private Leftovers() {}

  static void register(Runnable cleaner) {
    CLEANERS.add(cleaner);
  }

  static void forget(Runnable cleaner) {
    CLEANERS.remove(cleaner);
  }

  static void clear() {
    for (Runnable cleaner : List.copyOf(CLEANERS)) {
      cleaner.run();
      CLEANERS.remove(cleaner);
    }
  }
}
