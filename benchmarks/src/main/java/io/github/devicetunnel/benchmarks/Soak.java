package io.github.devicetunnel.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.LogManager;

/**
 * Runs many random connections of all kinds for some minutes. Verifies the SHA-256 of complete
 * transfers, and that no resources are left at the end. The exit code is 1 on any failure.
 *
 * <p>Arguments: minutes (default 1), seed (default: from the clock), concurrent connections
 * (default 20). The same seed produces the same connections in each thread, but not the same
 * timing.
 */
public final class Soak {
  private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(10);

  /** Timers, helpers and half-closed connections stay for some seconds. */
  private static final Duration SETTLE_TIME = Duration.ofSeconds(30);

  private static final long JOIN_MILLIS = 180_000;

  private final long startedAt = System.nanoTime();
  private final Tally tally = new Tally();
  private final long seed;
  private final int connections;

  private Soak(long seed, int connections) {
    this.seed = seed;
    this.connections = connections;
  }

  /**
   * Runs the soak test.
   *
   * @param args minutes, seed, concurrent connections
   */
  public static void main(String[] args) throws Exception {
    // Thousands of connections are aborted, and each would log a warning.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
    double minutes = args.length > 0 ? Double.parseDouble(args[0]) : 1;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.currentTimeMillis();
    int connections = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    System.out.println(minutes + " minutes, seed " + seed + ", " + connections + " at a time");
    System.exit(new Soak(seed, connections).run(minutes) ? 0 : 1);
  }

  private boolean run(double minutes) throws Exception {
    // Run each scenario once, so that one-time allocations of the JVM and libraries are not
    // counted.
    try (SoakBench plain = SoakBench.start(false);
        SoakBench tls = SoakBench.start(true)) {
      List<Thread> threads = new ArrayList<>();
      for (Scenario scenario : Scenario.values()) {
        SplittableRandom random = new SplittableRandom(seed);
        threads.add(start(() -> attempt(scenario, plain, false, random.split())));
        threads.add(start(() -> attempt(scenario, tls, true, random.split())));
      }
      join(threads);
    }
    Usage before = Usage.settledTo(new Usage(0, 0, 0), Duration.ofSeconds(5));
    print("before", before);

    long end = System.nanoTime() + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    try (SoakBench plain = SoakBench.start(false);
        SoakBench tls = SoakBench.start(true)) {
      List<Thread> workers = startWorkers(plain, tls, end);
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(Math.min(SAMPLE_INTERVAL.toNanos(), end - System.nanoTime()));
        print("now", Usage.now());
      }
      join(workers);
    }

    Usage after = Usage.settledTo(before, SETTLE_TIME);
    print("after", after);
    if (after.exceeds(before)) {
      System.out.println("LEAK: these threads remain:");
      Thread.getAllStackTraces().keySet().forEach(System.out::println);
    }
    return tally.failures() == 0 && !after.exceeds(before);
  }

  private List<Thread> startWorkers(SoakBench plain, SoakBench tls, long end) {
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      workers.add(
          start(
              () -> {
                while (System.nanoTime() - end < 0) {
                  boolean encrypted = random.nextInt(3) == 0;
                  SoakBench bench = encrypted ? tls : plain;
                  attempt(Scenario.any(random), bench, encrypted, random.split());
                }
              }));
    }
    return workers;
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "soak-client");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits for threads; the timeouts of each scenario limit its duration. */
  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(JOIN_MILLIS);
      if (thread.isAlive()) {
        throw new IllegalStateException(
            thread + " hangs:\n" + Arrays.toString(thread.getStackTrace()).replace(", ", "\n"));
      }
    }
  }

  private void attempt(Scenario scenario, SoakBench bench, boolean tls, SplittableRandom random) {
    try {
      scenario.run(bench, random);
      tally.succeeded(scenario);
    } catch (IOException | RuntimeException e) {
      tally.failed(scenario, tls, e);
    }
  }

  private void print(String when, Usage usage) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt);
    System.out.println(seconds + " s, " + when + ": " + usage + ", " + tally);
  }
}
