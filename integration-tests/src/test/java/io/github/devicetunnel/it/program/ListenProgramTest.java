package io.github.devicetunnel.it.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TestProcess;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code tunnel listen} as packaged, started by its launcher: options, signals, exit codes. */
@DisabledOnOs(OS.WINDOWS)
class ListenProgramTest {
  private static final String SERVICE = "127.0.0.1:80";

  private static final Map<String, Integer> SIGNALS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private static final String TARGET = "=" + Cloud.DEVICE + "/" + SERVICE;

  @TempDir private Path folder;
  private TestingCloud cloud;
  private final List<TestProcess> processes = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    cloud = TestingCloud.started();
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
  }

  @AfterEach
  void stop() {
    processes.forEach(TestProcess::end);
    cloud.close();
  }

  @Test
  void terminationRemovesCreatedFilesAndExitsWithZero() throws Exception {
    Path socket = folder.resolve("socket");
    Path ports = folder.resolve("ports");
    TestProcess process =
        listen("-L=:0" + TARGET, "-L", "unix:" + socket + TARGET, "--port-file", ports.toString());
    String port = nextAddress(process.inputReader());
    assertThat(nextAddress(process.inputReader())).isEqualTo("unix:" + socket);
    assertThat(ports).hasContent(port + "\nunix:" + socket);

    signal(process, "TERM");

    assertThat(exitCode(process)).isEqualTo(0);
    assertThat(Files.exists(socket)).isFalse();
    assertThat(ports).doesNotExist();
  }

  @Test
  void curlConnectsThroughUnixSocket() throws Exception {
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            SERVICE,
            stream -> {
              assertThat(stream.inputStream().read()).isEqualTo('G');
              stream.outputStream().write("HTTP/1.0 200 OK\r\n\r\npage".getBytes(UTF_8));
            });
    Path socket = folder.resolve("socket");
    TestProcess process = listen("--service", SERVICE, "--listen-uri=unix:" + socket);
    assertThat(nextAddress(process.inputReader())).isEqualTo("unix:" + socket);

    String page =
        ProgramRun.in(folder, "curl", "-sS", "--unix-socket", socket.toString(), "http://x/")
            .succeed();

    assertThat(page).isEqualTo("page");
  }

  @Test
  void secondSignalAbortsWithSignalExitCode() throws Exception {
    assertThat(exitCodeOfTwoSignals("TERM")).isEqualTo(143);
    assertThat(exitCodeOfTwoSignals("INT")).isEqualTo(130);
  }

  private int exitCodeOfTwoSignals(String signal) throws Exception {
    TestProcess process = listen("--drain-timeout=10m", "-L=:0" + TARGET);
    try (Socket socket = connect(nextAddress(process.inputReader()))) {
      signal(process, signal);
      assertThat(process.errorReader().readLine())
          .isEqualTo(
              "Stopping; draining open connections for up to 600 s (send a second signal to abort"
                  + " them)");
      assertThat(socket.isClosed()).isFalse();
      signal(process, signal);
      return exitCode(process);
    }
  }

  @Test
  void drainTimeoutAbortsConnections() throws Exception {
    TestProcess process = listen("--drain-timeout=100ms", "-L=:0" + TARGET);
    try (Socket socket = connect(nextAddress(process.inputReader()))) {
      signal(process, "TERM");
      assertThat(exitCode(process)).isEqualTo(0);
      assertThat(process.errorReader().lines())
          .anyMatch(line -> line.startsWith("Stopped; connections drained: 0, aborted: 1"));
      assertThat(socket.isClosed()).isFalse();
    }
  }

  @Test
  void usageErrorExitsWithTwo() throws Exception {
    assertThat(exitCode(listen("-L=:0=017b/" + SERVICE))).isEqualTo(2);
    assertThat(exitCode(listen("--config=missing"))).isEqualTo(2);
    Path config = Files.writeString(folder.resolve("c.yaml"), "\ndevise: x\n");
    TestProcess process = listen("--config", config.toString());
    assertThat(exitCode(process)).isEqualTo(2);
    assertThat(process.errorReader().readLine())
        .isEqualTo("tunnel: " + config + ":2: unknown key \"devise\"; did you mean \"device\"?");
  }

  @Test
  void addressInUseExitsWithThree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(exitCode(listen("-L=:" + taken.getLocalPort() + TARGET))).isEqualTo(3);
    }
    Path file = Files.writeString(folder.resolve("file"), "precious");
    assertThat(exitCode(listen("-L=unix:" + file + TARGET))).isEqualTo(3);
    assertThat(file).hasContent("precious");
  }

  @Test
  void tokenForAnotherDeviceExitsWithFour() throws Exception {
    String claims =
        "{\"exp\":9999999999,\"pelion.edge.tunnel.device_id\":\"" + "0".repeat(32) + "\"}";
    String token = "eyJhbGciOiJSUzI1NiJ9." + base64(claims) + ".c2lnbmF0dXJl";
    ProcessBuilder builder = builder("--application-id=a", "-L=:0" + TARGET);
    builder.environment().put("TUNNEL_API_KEY", token);
    assertThat(exitCode(start(builder))).isEqualTo(4);
  }

  @Test
  void hangupReloadsConfiguration() throws Exception {
    Path config = folder.resolve("c.yaml");
    String tunnel = "- {listen: ':0', device: " + Cloud.DEVICE + ", service: '" + SERVICE + "'}\n";
    Files.writeString(config, "tunnels:\n" + tunnel);
    TestProcess process =
        listen(
            "--half-close-timeout=100ms",
            "--reload-on-hangup", // This test may run in a terminal.
            "--config",
            config.toString());
    try (Socket kept = connect(nextAddress(process.inputReader()))) {
      Files.writeString(config, "tunnels:\n" + tunnel + tunnel);
      signal(process, "HUP");
      try (Socket fresh = connect(nextAddress(process.inputReader()))) {
        assertEchoes(fresh);
        assertEchoes(kept);
      }
    }
    signal(process, "TERM");
    assertThat(exitCode(process)).isEqualTo(0);
  }

  @Test
  void hangupStopsProgramWithoutConfiguration() throws Exception {
    TestProcess process = listen("-L=:0" + TARGET);
    nextAddress(process.inputReader());
    signal(process, "HUP");
    assertThat(exitCode(process)).isEqualTo(0);
  }

  private TestProcess listen(String... arguments) throws IOException {
    return start(builder(arguments));
  }

  private TestProcess start(ProcessBuilder builder) throws IOException {
    TestProcess process = TestProcess.start(builder);
    processes.add(process);
    return process;
  }

  private ProcessBuilder builder(String... arguments) throws IOException {
    Path target = Path.of(System.getProperty("tunnel.root"), "tunnel-cli", "target");
    String name = Files.readString(target.resolve("assembled")).strip();
    List<String> command = new ArrayList<>();
    command.add(target.resolve(name).resolve("bin/tunnel").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = ProgramRun.prepare(folder, command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TUNNEL_CLOUD_URI", cloud.uri());
    builder.environment().put("TUNNEL_DEVICE", Cloud.DEVICE);
    builder.environment().put("TUNNEL_API_KEY", Cloud.KEY);
    return builder;
  }

  private static String nextAddress(BufferedReader output) throws IOException {
    String line = output.readLine();
    assertThat(line).startsWith("Listening on ").endsWith(" -> " + TARGET.substring(1));
    return line.substring("Listening on ".length(), line.indexOf(" -> "));
  }

  /** Connects, and returns when the tunnel is open. */
  private static Socket connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    socket.setSoTimeout((int) Await.LONG.toMillis());
    socket.connect(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
    assertEchoes(socket);
    return socket;
  }

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write('x');
    assertThat(socket.getInputStream().read()).isEqualTo('x');
  }

  private void signal(TestProcess process, String signal) throws Exception {
    assumeTrue(
        acceptsSignal(process, signal),
        "the signal is ignored, as under nohup or in a background shell");
    ProgramRun.in(folder, "sh", "-c", "kill -" + signal + " " + process.pid()).succeed();
  }

  /**
   * Returns false if the process ignores a signal, which it inherits from the process that runs the
   * test.
   */
  private static boolean acceptsSignal(TestProcess process, String signal) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    if (!Files.exists(status)) {
      return true;
    }
    long bit = 1L << (SIGNALS.get(signal) - 1);
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElse("SigIgn:\t0")
            .substring("SigIgn:".length())
            .strip();
    return (Long.parseUnsignedLong(ignored, 16) & bit) == 0;
  }

  private static int exitCode(TestProcess process) throws InterruptedException {
    return process.awaitExit();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
