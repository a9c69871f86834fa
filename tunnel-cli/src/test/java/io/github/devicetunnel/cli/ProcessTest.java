package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The program as a process. The signal is SIGTERM: SIGINT is handled in the same way, but a shell
 * that runs a build in the background has it ignored.
 */
@DisabledOnOs(OS.WINDOWS)
class ProcessTest {
  private DemoWebService web;
  private TunnelService cloud;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    web = DemoWebService.start();
    cloud =
        TunnelService.builder()
            .apiKey("ak_test")
            .route(Program.DEVICE, "127.0.0.1:80", web.address())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
    cloud.close();
    web.close();
  }

  @Test
  void signalStopsIt() throws Exception {
    Process process = listen();
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
    Process process = listen();
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
    Process process = start("--lisen-uri=:0");

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

  private Process listen() throws IOException {
    return start("-listen-uri=127.0.0.1:0", "-ping-duration=1");
  }

  private Process start(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TUNNEL_CLOUD_URI", cloud.uri());
    builder.environment().put("TUNNEL_DEVICE", Program.DEVICE);
    builder.environment().put("TUNNEL_SERVICE", "127.0.0.1:80");
    builder.environment().put("TUNNEL_API_KEY", "ak_test");
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Opens a connection, and makes sure that its tunnel is open too. */
  private static Socket connect(BufferedReader output) throws IOException {
    String line = output.readLine();
    InetSocketAddress address =
        ListenAddress.parse(
            ListenAddress.OPTION, line.substring("Listening on ".length(), line.indexOf(" -> ")));
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) socket.getInputStream().read());
    }
    return socket;
  }

  /** Sends SIGTERM; destroy() of the process itself would close its streams as well. */
  private static void terminate(Process process) {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it has ended").isTrue();
    return process.exitValue();
  }
}
