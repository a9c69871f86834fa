package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.benchmarks.pressure.Logs;
import io.github.devicetunnel.benchmarks.pressure.Outcome;
import io.github.devicetunnel.benchmarks.pressure.Outcome.Verdict;
import io.github.devicetunnel.benchmarks.pressure.PressureCase;
import io.github.devicetunnel.benchmarks.pressure.PressureCases;
import io.github.devicetunnel.benchmarks.pressure.Scale;
import io.github.devicetunnel.benchmarks.pressure.Supervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs pressure tests of the product: one side is slow, lost, stalled or hostile, or there are many
 * connections at once. Prints the measurements and the required results. The exit code is 1 if a
 * test fails.
 *
 * <p>Arguments: the names of tests, by default all; {@code --quick} for shorter times and fewer
 * bytes; {@code --list} to list the names.
 */
public final class Pressure {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private record Row(PressureCase tested, Outcome outcome, Duration took) {}

  private Pressure() {}

  /** Runs the tests sequentially, because they share the processors. */
  public static void main(String[] args) {
    Logs.quiet();
    Scale scale = Scale.FULL;
    List<PressureCase> cases = new ArrayList<>();
    for (String arg : args) {
      switch (arg) {
        case "--quick" -> scale = Scale.QUICK;
        case "--list" -> {
          list();
          return;
        }
        default -> cases.addAll(named(arg));
      }
    }
    System.exit(run(cases.isEmpty() ? PressureCases.all() : cases, scale));
  }

  private static List<PressureCase> named(String name) {
    List<PressureCase> found =
        PressureCases.all().stream().filter(one -> one.name().equals(name)).toList();
    if (found.isEmpty()) {
      System.err.println("unknown case " + name + "; cases:");
      list();
      System.exit(USAGE);
    }
    return found;
  }

  private static void list() {
    PressureCases.all().forEach(one -> System.out.printf("%-20s %s%n", one.name(), one.what()));
  }

  private static int run(List<PressureCase> cases, Scale scale) {
    System.out.printf(
        "Java %s, %d processors%s%n%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        scale == Scale.QUICK
            ? ", QUICK: reduced times and sizes, so the limits are not tested"
            : "");
    System.out.println("| verdict | case | required | measured |");
    System.out.println("|---|---|---|---|");
    List<Row> rows = new ArrayList<>();
    for (PressureCase one : cases) {
      System.err.println("running " + one.name() + " …");
      long start = System.nanoTime();
      Outcome outcome = Supervisor.run(one, scale);
      Row row = new Row(one, outcome, Duration.ofNanos(System.nanoTime() - start));
      rows.add(row);
      print(row);
    }
    return summary(rows);
  }

  private static void print(Row row) {
    System.out.printf(
        "| %s | %s: %s | %s | %s (case took %d s) |%n",
        row.outcome().verdict(),
        row.tested().name(),
        row.tested().what(),
        row.tested().bar(),
        row.outcome().measured(),
        row.took().toSeconds());
    System.out.flush();
  }

  private static int summary(List<Row> rows) {
    long passed = count(rows, Verdict.PASS);
    long failed = count(rows, Verdict.FAIL);
    long skipped = count(rows, Verdict.SKIP);
    System.out.printf("%n%d passed, %d failed, %d skipped%n", passed, failed, skipped);
    return failed > 0 ? FAILED : 0;
  }

  private static long count(List<Row> rows, Verdict verdict) {
    return rows.stream().filter(row -> row.outcome().verdict() == verdict).count();
  }
}
