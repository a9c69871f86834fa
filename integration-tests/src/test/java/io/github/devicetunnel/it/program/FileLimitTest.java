package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged program when it has no free file descriptor. */
@DisabledOnOs(OS.WINDOWS)
class FileLimitTest {
  /** Enough for the program to start. */
  private static final int FILES = 128;

  @TempDir private Path folder;

  /** The first line of the log is written without a free file descriptor. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void acceptsAgainAfterFilesWereExhausted(String format) throws Exception {
    List<Socket> clients = new ArrayList<>();
    try (TestingCloud cloud = TunnelProgram.echo();
        TunnelProgram program =
            TunnelProgram.withFileLimit(
                folder,
                FILES,
                TunnelProgram.settings(cloud),
                "--metrics-listen=127.0.0.1:0",
                "--log-format=" + format)) {
      String url = program.await("status page on ([^\\s\"]+)");
      int port = program.awaitPort();
      Await.until("readiness", () -> isReady(url));
      for (int i = 0; i < FILES; i++) {
        clients.add(ProgramBench.connect(port));
      }
      program.await("could not accept a connection: .*retrying in");
      for (Socket client : clients) {
        client.close();
      }
      Await.until("a tunnel", () -> isServed(port));
      assertThat(isReady(url)).isTrue();
      assertThat(ProgramBench.get(url + "healthz")).isEqualTo("alive\n");
      assertThat(program.output())
          .doesNotContain("initialize class", "InInitializer", "could not be formatted");
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static boolean isReady(String url) {
    try {
      return ProgramBench.get(url + "readyz").equals("ready\n");
    } catch (Exception | AssertionError e) {
      return false;
    }
  }

  private static boolean isServed(int port) {
    try {
      TunnelProgram.connectAndExchange(port).close();
      return true;
    } catch (IOException | AssertionError e) {
      return false; // connections are still closing
    }
  }
}
