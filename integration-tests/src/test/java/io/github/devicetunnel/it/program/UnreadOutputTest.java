package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.testing.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the packaged program while nothing reads its standard output or standard error. */
@DisabledOnOs(OS.WINDOWS)
final class UnreadOutputTest {
  private static final String OUT = "1";
  private static final String ERR = "2";

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private ProgramBench bench;
  private Path portFile;

  @BeforeEach
  void start() throws IOException {
    bench = new ProgramBench(folder);
    portFile = folder.resolve("ports");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private PipedProgram listen(String fullDescriptor, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("listen", "--listen-uri=127.0.0.1:0", "--port-file=" + portFile));
    arguments.addAll(List.of(options));
    return PipedProgram.start(
        bench, PipedProgram.FULL, fullDescriptor, arguments.toArray(String[]::new));
  }

  private static void exchange(int port) throws IOException {
    try (Socket socket = ProgramBench.connected(port)) {
      socket.getOutputStream().write('.');
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OUT, ERR})
  void textBlocksNeitherConnectionsNorExit(String descriptor) throws Exception {
    try (PipedProgram program = listen(descriptor, "--log-level=debug")) {
      serveAndStop(program);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OUT, ERR})
  void jsonBlocksNeitherConnectionsNorExit(String descriptor) throws Exception {
    try (PipedProgram program =
        listen(descriptor, "--output=json", "--log-format=json", "--log-level=trace")) {
      serveAndStop(program);
    }
  }

  @Test
  void stoppedTerminalBlocksNeitherConnectionsNorExit() throws Exception {
    try (PipedProgram program =
        PipedProgram.onStoppedTerminal(
            bench, "--listen-uri=127.0.0.1:0", "--port-file=" + portFile, "--log-level=debug")) {
      serveAndStop(program);
    }
  }

  /** Opens connections, one of them rejected, and stops the program with one signal. */
  private void serveAndStop(PipedProgram program) throws Exception {
    int port = program.awaitPort(portFile);
    exchange(port);
    bench.cloud().service().faults().onNextConnect(Fault.reject(404));
    try (Socket rejected = ProgramBench.connect(port)) {
      ProgramBench.awaitEnd(rejected);
    }
    exchange(port);
    program.terminate();
    assertThat(program.exitCode()).isZero();
    assertThat(portFile).doesNotExist();
  }

  @Test
  void servesMetrics() throws Exception {
    try (PipedProgram program = listen(OUT, "--metrics-listen=127.0.0.1:0")) {
      String line =
          new BufferedReader(new InputStreamReader(program.errors(), StandardCharsets.US_ASCII))
              .readLine();
      exchange(program.awaitPort(portFile));
      String url = line.substring(line.indexOf("http://"));
      Await.until(() -> answers(url + "readyz"));
      assertThat(ProgramBench.get(url + "metrics")).contains("tunnel_connections_total");
    }
  }

  private static boolean answers(String url) {
    try {
      return ProgramBench.get(url).equals("ready\n");
    } catch (AssertionError notYet) {
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OUT, ERR})
  void secondSignalAbortsConnections(String descriptor) throws Exception {
    try (PipedProgram program = listen(descriptor, "--output=json", "--drain-timeout=10m")) {
      int port = program.awaitPort(portFile);
      try (Socket open = ProgramBench.connected(port)) {
        program.terminate();
        Await.until("a closed listener", () -> isRefused(port));
        assertThat(program.isAlive()).as("drains %s", open).isTrue();
        program.terminate();
        assertThat(program.exitCode()).isEqualTo(143);
      }
    }
  }

  private static boolean isRefused(int port) {
    try {
      ProgramBench.connect(port).close();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Emits more events than a pipe holds. */
  @Test
  void lateReaderReceivesAllEvents() throws Exception {
    int count = 150;
    try (PipedProgram program = listen(OUT, "--output=json")) {
      int port = program.awaitPort(portFile);
      for (int i = 0; i < count; i++) {
        exchange(port);
      }
      program.terminate();
      String events = new String(program.output().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(program.exitCode()).isZero();
      for (String event : new String[] {"opened", "closed"}) {
        assertThat(events.lines().filter(line -> line.contains("\"event\":\"" + event + "\"")))
            .hasSize(count);
      }
      assertThat(events.lines().reduce((first, last) -> last).orElseThrow())
          .startsWith("{\"event\":\"stopped\"");
    }
  }

  @Test
  void execReturnsExitCodeOfProgram() throws Exception {
    try (PipedProgram program =
        PipedProgram.start(bench, PipedProgram.FULL, ERR, "exec", "--", "sh", "-c", "exit 7")) {
      assertThat(program.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void checkPrintsReport() throws Exception {
    try (PipedProgram program =
        PipedProgram.start(bench, PipedProgram.FULL, ERR, "check", "--log-level=debug")) {
      assertThat(new String(program.output().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("settings    ok");
      assertThat(program.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {OUT, ERR})
  void demoExits(String descriptor) throws Exception {
    try (PipedProgram program =
        PipedProgram.start(bench, PipedProgram.FULL, descriptor, "demo", "--once")) {
      assertThat(program.exitCode()).isZero();
    }
  }

  @Test
  void rejectedStdioExits() throws Exception {
    bench.cloud().service().faults().onNextConnect(Fault.reject(404));
    try (PipedProgram program = PipedProgram.start(bench, PipedProgram.FULL, ERR, "stdio")) {
      assertThat(program.exitCode()).isEqualTo(5);
    }
  }

  @Test
  void signalStopsStdio() throws Exception {
    bench
        .cloud()
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            ProgramBench.SERVICE,
            stream -> {
              while (true) {
                stream.outputStream().write(new byte[64 << 10]);
              }
            });
    try (PipedProgram program = PipedProgram.start(bench, PipedProgram.FULL, ERR, "stdio")) {
      assertThat(program.output().read()).isZero();
      program.terminate();
      assertThat(program.exitCode()).isEqualTo(143);
    }
  }
}
