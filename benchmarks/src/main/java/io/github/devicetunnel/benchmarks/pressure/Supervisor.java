package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.benchmarks.machine.Leftovers;
import io.github.devicetunnel.benchmarks.pressure.Outcome.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a test with a time limit and cleans up what it leaves behind. */
public final class Supervisor {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private Supervisor() {}

  /** Runs a test and returns its outcome; never throws an exception. */
  public static Outcome run(PressureCase one, Scale scale) {
    CompletableFuture<Outcome> result = Background.start(one.name(), () -> one.run(scale));
    try {
      return result.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Outcome(Verdict.FAIL, "did not end within " + LIMIT.toSeconds() + " s");
    } catch (ExecutionException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace, true));
      System.err.print(trace);
      return new Outcome(Verdict.FAIL, "failed: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome(Verdict.FAIL, "interrupted");
    } finally {
      Leftovers.clear();
    }
  }
}
