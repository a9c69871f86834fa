package io.github.devicetunnel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.testing.TunnelService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code tunnel exec} as a process. */
@DisabledOnOs(OS.WINDOWS)
class ExecTest {
  private static final int HANGUP = 1;
  private static final int INTERRUPT = 2;

  private static TunnelService cloud;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    cloud = TunnelService.builder().apiKey(WebCloud.KEY).device(Program.DEVICE).build().start();
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static ProgramProcess exec(String... command) throws IOException {
    List<String> args = new ArrayList<>(List.of("exec", "--"));
    args.addAll(List.of(command));
    return ProgramProcess.start(cloud, args.toArray(String[]::new));
  }

  private static String output(ProgramProcess program) throws IOException {
    return new String(program.output().readAllBytes(), UTF_8);
  }

  @Test
  void passesAddressAndReturnsExitCodeOfProgram() throws Exception {
    try (ProgramProcess program =
        exec("sh", "-c", "echo {host}:{port} $TUNNEL_HOST:$TUNNEL_PORT; exit 7")) {
      String[] addresses = output(program).strip().split(" ", 2);

      assertThat(addresses[0]).matches("127\\.0\\.0\\.1:\\d+").isEqualTo(addresses[1]);
      assertThat(program.exitCode()).isEqualTo(7);
      assertThat(program.errors().lines())
          .containsExactly(
              "Listening on " + addresses[0] + " -> " + Program.DEVICE + "/" + WebCloud.SERVICE);
    }
  }

  @Test
  void passesArgumentsUnchanged() throws Exception {
    try (ProgramProcess program =
        exec("printf", "%s\n", "--help", "-listen-uri=x", "--", "--api-key", "k", "a b")) {
      assertThat(output(program).lines())
          .containsExactly("--help", "-listen-uri=x", "--", "--api-key", "k", "a b");
      assertThat(program.exitCode()).isEqualTo(0);
    }
  }

  @Test
  void passesStandardInput() throws Exception {
    try (ProgramProcess program = exec("cat")) {
      program.input().write("through".getBytes(UTF_8));
      program.input().close();

      assertThat(output(program)).isEqualTo("through");
      assertThat(program.exitCode()).isEqualTo(0);
    }
  }

  @Test
  void exitsLikeShellIfProgramCannotRun() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no program");
    try (ProgramProcess program = exec("no-such-program-at-all")) {
      assertThat(program.exitCode()).isEqualTo(127);
      assertThat(program.errors().lines().toList())
          .last()
          .isEqualTo(
              "tunnel: cannot run \"no-such-program-at-all\": program not found; check its name and"
                  + " PATH");
    }
    try (ProgramProcess program = exec(file.toString())) {
      assertThat(program.exitCode()).isEqualTo(126);
      assertThat(program.errors().lines().toList())
          .last()
          .isEqualTo("tunnel: cannot run \"" + file + "\": Permission denied");
    }
  }

  @Test
  void exitsLikeShellAfterSignal() throws Exception {
    try (ProgramProcess program = exec("sh", "-c", "kill -KILL $$")) {
      assertThat(program.exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void forwardsSignals() throws Exception {
    String script =
        "trap 'echo hup' HUP; trap 'echo term; exit 9' TERM; echo ready;"
            + " while :; do sleep 0.1; done";
    try (ProgramProcess program = exec("sh", "-c", script);
        BufferedReader lines = new BufferedReader(new InputStreamReader(program.output(), UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("ready");
      // Under nohup, this process and its children ignore SIGHUP.
      if (program.handles(HANGUP)) {
        program.signal("HUP");
        assertThat(lines.readLine()).isEqualTo("hup");
      }
      program.terminate();
      assertThat(lines.readLine()).isEqualTo("term");
      assertThat(program.exitCode()).isEqualTo(9);
    }
  }

  @Test
  void forwardsInterruptUnlessFromKeyboard() throws Exception {
    assumeFalse(isOpen("/dev/tty"), "the interrupt counts as one from the keyboard");
    String script = "trap 'echo int; exit 7' INT; echo ready; while :; do sleep 0.1; done";
    try (ProgramProcess program = exec("sh", "-c", script);
        BufferedReader lines = new BufferedReader(new InputStreamReader(program.output(), UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("ready");
      assumeTrue(program.handles(INTERRUPT), "a background shell ignores interrupts");
      program.signal("INT");
      assertThat(lines.readLine()).isEqualTo("int");
      assertThat(program.exitCode()).isEqualTo(7);
    }
  }

  private static boolean isOpen(String device) {
    try (InputStream opened = Files.newInputStream(Path.of(device))) {
      return opened != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** The signal must not reach a process that has reused the ID of the program either. */
  @ParameterizedTest
  @CsvSource({"TERM, 15", "HUP, 1", "INT, 2"})
  void signalAfterEndOfProgramEndsDraining(String signal, int number) throws Exception {
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
    Path forwarded = folder.resolve("forwarded");
    ProcessBuilder command =
        ProgramCommand.of(cloud.uri(), List.of("exec", "--drain-timeout=10m", "--", "cat"));
    command.environment().merge("PATH", recordingShell(forwarded), (path, bin) -> bin + ":" + path);
    try (ProgramProcess program = ProgramProcess.start(command)) {
      assumeTrue(program.handles(number), "this process ignores the signal");
      InetSocketAddress address = listening(program.errors().readLine());
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
        program.input().close();
        Await.until("the start of the draining", () -> isRefused(address));

        program.signal(signal);

        assertThat(program.exitCode()).isZero();
      }
    }
    assertThat(forwarded).doesNotExist();
  }

  /** Returns a directory with a shell that records its arguments. */
  private String recordingShell(Path record) throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path shell =
        Files.writeString(bin.resolve("sh"), "#!/bin/sh\necho \"$@\" >>'" + record + "'\n");
    Files.setPosixFilePermissions(shell, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin.toString();
  }

  private static InetSocketAddress listening(String line) {
    return ListenAddress.parsePort(
        "", line.substring("Listening on ".length(), line.indexOf(" -> ")));
  }

  private static boolean isRefused(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, 15", "HUP, 1", "INT, 2"})
  void signalDuringWaitClosesListener(String signal, int number) throws Exception {
    Path socket = folder.resolve("socket");
    Path ports = folder.resolve("ports");
    try (TunnelService offline =
        TunnelService.builder().apiKey(WebCloud.KEY).device(Program.DEVICE).build().start()) {
      offline.device(Program.DEVICE).disconnect();
      try (ProgramProcess program =
          ProgramProcess.start(
              offline,
              "exec",
              "--wait=10m",
              "--listen-uri=unix:" + socket,
              "--port-file=" + ports,
              "--",
              "true")) {
        assumeTrue(program.handles(number), "this process ignores the signal");
        Await.until("a dial", () -> offline.requestCount() > 0);
        assertThat(Files.exists(socket)).isTrue();

        program.signal(signal);

        assertThat(program.exitCode()).isEqualTo(128 + number);
        assertThat(program.errors().lines().toList()).hasSize(1);
      }
    }
    assertThat(Files.exists(socket)).isFalse();
    assertThat(ports).doesNotExist();
  }

  @Test
  void reportsMistakesBeforeListening() {
    String example = "; example: tunnel exec [OPTION...] -- psql -p {port}";
    assertUsage("the program is missing" + example, "exec");
    assertUsage("the program is missing" + example, "exec", "--");
    assertUsage("the program must follow --" + example, "exec", "psql", "-h", "x");
    assertUsage("unknown option --lisen-uri; did you mean", "exec", "--lisen-uri=x", "--", "psql");
    assertUsage(
        "--listen-uri: must be host:port", "exec", "--listen-uri=3131", "--", "psql", "--help");
  }

  private static void assertUsage(String message, String... args) {
    Program program = new Program().run(args);
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors()).startsWith("tunnel: " + message);
  }
}
