package io.github.devicetunnel.benchmarks.pressure;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * Two {@link SilenceProbe}s in a process of their own, one idle and one that sends a line.
 * Argument: the cloud's URI. Prints {@code READY}, waits for a line, and prints what either has
 * seen.
 */
final class ProbeMain {
  private ProbeMain() {}

  public static void main(String[] args) throws Exception {
    Logs.quiet();
    try (SilenceProbe idle = SilenceProbe.open(args[0]);
        SilenceProbe line = SilenceProbe.open(args[0])) {
      System.out.println("READY");
      // No word but the end of this input: the parent has gone.
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
