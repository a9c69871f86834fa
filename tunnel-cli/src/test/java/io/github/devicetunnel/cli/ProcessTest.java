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
 * The program as a process. The signal is SIGTERM: SIGINT is handled in the same way, but a shell
 * that runs a build in the background has it ignored.
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
  void signalStopsIt() throws Exception {
    TestProcess process = listen();
    assertThat(process.inputReader().readLine()).startsWith("Listening on 127.0.0.1:");

    terminate(process);

    assertThat(exitCode(process)).isEqualTo(0);
    assertThat(process.errorReader().lines())
        .containsExactly(
            "Stopping; open connections may finish for 5 s, a second signal cuts them",
            "Stopped; no connection was open");
  }

  @Test
  void secondSignalCutsAtOnce() throws Exception {
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
  void mistakeEndsItWithTheCodeForUsage() throws Exception {
    TestProcess process = start("--lisen-uri=:0");

    assertThat(exitCode(process)).isEqualTo(2);
    assertThat(process.errorReader().lines())
        .containsExactly(
            "tunnel: unknown option --lisen-uri, did you mean --listen-uri?",
            "Try 'tunnel listen --help'");
  }

  @Test
  void demoEndsWithItsServers() throws Exception {
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

  /** Opens a connection, and makes sure that its tunnel is open too. */
  private static Socket connect(BufferedReader output) throws IOException {
    Socket socket = LocalClient.connect(LocalClient.address(output.readLine()));
    LocalClient.ask(socket);
    return socket;
  }

  /** Sends SIGTERM; destroy() of the process itself would close its streams as well. */
  private static void terminate(TestProcess process) {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  private static int exitCode(TestProcess process) throws InterruptedException {
    return process.awaitExit();
  }
}
