package io.github.devicetunnel.benchmarks.pressure;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Two {@link SilenceProbe}s in a separate process: one is idle, the other sends a line. The
 * argument is the cloud URI. Prints {@code READY}, waits for an input line and prints the
 * observations.
 */
final class ProbeMain {
  private ProbeMain() {}

  public static void main(String[] args) throws Exception {
    Logs.quiet();
    try (SilenceProbe idle = SilenceProbe.open(args[0]);
        SilenceProbe line = SilenceProbe.open(args[0])) {
      System.out.println("READY");
      // End of input: the parent has gone.
      if (new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine()
          == null) {
        return;
      }
      ParentWatch.start();
      CompletableFuture<SilenceProbe.Seen> ofLine =
          Background.start("line", () -> line.watch(true));
      System.out.println("IDLE " + idle.watch(false).format());
      System.out.println("LINE " + ofLine.get().format());
    }
  }
}
