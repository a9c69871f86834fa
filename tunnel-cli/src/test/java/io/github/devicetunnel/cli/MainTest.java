package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.cli.process.StopSignals;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MainTest {

  @Test
  void reportsBugInOneLineWithExitCode1() {
    assertReported(new IllegalArgumentException("no good with ak_secret"));
    assertReported(new AssertionError("no good with ak_secret"));
  }

  private static void assertReported(Throwable bug) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    Environment environment =
        new Environment(Map.of(), InputStream.nullInputStream(), new Broken(bug));
    int exitCode;
    try (Output output =
        Output.of(
            environment, OutputStream.nullOutputStream(), err, Charset.defaultCharset(), false)) {
      exitCode = Main.run(new String[] {"demo"}, environment, output);
    }

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString(Charset.defaultCharset()).lines())
        .containsExactly(
            "tunnel: unexpected failure; please report it: "
                + bug.getClass().getName()
                + ": no good with ***");
  }

  private record Broken(Throwable bug) implements StopSignals {
    @Override
    public void watch(boolean reloading) {
      if (bug instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) bug;
    }

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
