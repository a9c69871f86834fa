package io.github.devicetunnel.benchmarks.machine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Resources that would outlive this process, such as child processes, network namespaces and
 * devices. They are registered when created and removed when released. Remaining ones are released
 * at shutdown.
 */
public final class Leftovers {
  private static final Set<Runnable> CLEANERS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::clear, "clear-leftovers"));
  }

  private Leftovers() {}

  /** Registers a cleaner that runs at shutdown, unless it is removed before. Thread-safe. */
  public static void register(Runnable cleaner) {
    CLEANERS.add(cleaner);
  }

  /** Removes a cleaner whose resource was released. */
  public static void forget(Runnable cleaner) {
    CLEANERS.remove(cleaner);
  }

  /** Runs all registered cleaners immediately. */
  public static void clear() {
    for (Runnable cleaner : List.copyOf(CLEANERS)) {
      cleaner.run();
      CLEANERS.remove(cleaner);
    }
  }
}
