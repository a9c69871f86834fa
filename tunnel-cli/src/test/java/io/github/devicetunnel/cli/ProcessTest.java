package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Runs the program as a process. The tests send SIGTERM. The program handles SIGINT in the same
 * way, but a background shell lets its children ignore SIGINT.
 */
@DisabledOnOs(OS.WINDOWS)
class ProcessTest {
  @AutoClose private final WebCloud cloud = new WebCloud();
  private final List<TestProcess> processes = new ArrayList<>();

  @AfterEach
  void stop() {
    processes.forEach(TestProcess::end);
  }

  @Test
  void signalStopsProgram() throws Exception {
    TestProcess process = listen();
    assertThat(process.inputReader().readLine()).startsWith("Listening on 127.0.0.1:");

    terminate(process);

    assertThat(exitCode(process)).isEqualTo(0);
    assertThat(process.errorReader().lines())
        .containsExactly(
            "Stopping; draining open connections for up to 5 s (send a second signal to abort"
                + " them)",
            "Stopped; no connections were open");
  }

  @Test
  void secondSignalAbortsConnections() throws Exception {
    TestProcess process = listen();
    try (Socket socket = connect(process.inputReader())) {
      terminate(process);
      assertThat(process.errorReader().readLine()).startsWith("Stopping; ");
      assertThat(process.isAlive()).as("waits for %s", socket).isTrue();
      terminate(process);

      assertThat(exitCode(process)).isEqualTo(143);
    }
  }

  @Test
  void exitsWith2OnMistake() throws Exception {
    TestProcess process = start("--lisen-uri=:0");

    assertThat(exitCode(process)).isEqualTo(2);
    assertThat(process.errorReader().lines())
        .containsExactly(
            "tunnel: unknown option --lisen-uri; did you mean --listen-uri?",
            "Try 'tunnel listen --help'");
  }

  @Test
  void demoOnceExits() throws Exception {
    assertThat(exitCode(start("demo", "--once"))).isEqualTo(0);
  }

  private TestProcess listen() throws IOException {
    return start("-listen-uri=127.0.0.1:0", "-ping-duration=1");
  }

  private TestProcess start(String... args) throws IOException {
    TestProcess process = TestProcess.start(ProgramCommand.of(cloud.uri(), List.of(args)));
    processes.add(process);
    return process;
  }

  /** Opens a connection and waits until its tunnel is open. */
  private static Socket connect(BufferedReader output) throws IOException {
    Socket socket = LocalClient.connect(LocalClient.address(output.readLine()));
    LocalClient.fetch(socket);
    return socket;
  }

  /** Sends SIGTERM. {@code Process.destroy()} would also close the streams. */
  private static void terminate(TestProcess process) {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  private static int exitCode(TestProcess process) throws InterruptedException {
    return process.awaitExit();
  }
}
