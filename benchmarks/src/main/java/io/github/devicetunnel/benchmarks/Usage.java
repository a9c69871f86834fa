package io.github.devicetunnel.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The resources of this process.
 *
 * @param heap the used heap in bytes, after a garbage collection
 * @param threads the number of platform threads, without those that OkHttp keeps for a minute
 * @param descriptors the number of sockets and pipes; files are not counted, because class loading
 *     opens them
 */
record Usage(long heap, long threads, long descriptors) {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final long HEAP_TOLERANCE = 32 << 20;

  static Usage now() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !thread.getName().startsWith("OkHttp TaskRunner"))
            .count();
    return new Usage(heap, threads, descriptorsNow());
  }

  private static long descriptorsNow() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
      return entries.map(Usage::target).filter(Usage::counts).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed in the meantime
    }
  }

  private static boolean counts(String target) {
    return target.startsWith("socket:") || target.startsWith("pipe:");
  }

  /** Returns the usage as soon as it does not exceed an earlier one, or after a time limit. */
  static Usage settledTo(Usage before, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Usage usage = now();
    while (usage.exceeds(before) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      usage = now();
    }
    return usage;
  }

  boolean exceeds(Usage before) {
    return threads > before.threads
        || descriptors > before.descriptors
        || heap > before.heap + HEAP_TOLERANCE;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %.1f MiB, %d threads, %d descriptors",
        heap / 1048576.0,
        threads,
        descriptors);
  }
}
