package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.console.Logging;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.cli.process.StopSignals;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The program that the launcher records to create its class archive. It runs the usual commands
 * briefly, without the environment and standard input of the process, and opens only loopback
 * connections.
 */
final class ArchiveRun {
  private ArchiveRun() {}

  /** Runs the commands and ends the process. Ignores its arguments. */
  public static void main(String[] args) {
    Logging.nameProvider();
    int exitCode = run("demo", "--once");
    if (exitCode == ExitCode.OK) {
      exitCode =
          run(
              "listen",
              "--cloud-uri=wss://localhost",
              "--device=017b7fddb124724840c1c7b800000000",
              "--service=127.0.0.1:80",
              "--api-key=ak_none",
              "--listen-uri=127.0.0.1:0");
    }
    System.exit(exitCode);
  }

  private static int run(String... arguments) {
    Environment environment =
        new Environment(Map.of(), InputStream.nullInputStream(), new StopsAtOnce());
    return Main.run(arguments, environment, Output.ofProcess(environment));
  }

  /** Stops the program as soon as it is open, not before. */
  private static final class StopsAtOnce implements StopSignals {
    @Override
    public void watch(boolean reloading) {}

    @Override
    public CompletableFuture<Void> stop() {
      return new CompletableFuture<>();
    }

    @Override
    public boolean awaitReload() {
      return false;
    }
  }
}
