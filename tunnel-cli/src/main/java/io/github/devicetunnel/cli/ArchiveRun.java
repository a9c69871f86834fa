package io.github.devicetunnel.cli;

import java.io.InputStream;
import java.util.Map;

/**
 * What the launcher's archive of classes is made from: the usual commands, for a moment, with
 * nothing from outside and nothing but loopback connections.
 */
final class ArchiveRun {
  private ArchiveRun() {}

  /** Takes no arguments. */
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

  private static final class StopsAtOnce implements StopSignals {
    @Override
    public void watch(boolean reloading) {}

    @Override
    public boolean awaitReload() {
      return false;
    }
  }
}
