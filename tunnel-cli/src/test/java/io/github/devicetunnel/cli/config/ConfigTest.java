package io.github.devicetunnel.cli.config;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.testing.ServiceStream;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks a file of options and tunnels at the start and after a reload. */
class ConfigTest {
  private static final String ONE = Program.DEVICE;
  private static final String OTHER = Program.OTHER_DEVICE;
  private static final String WEB = "127.0.0.1:80";
  private static final String SSH = "127.0.0.1:22";

  @TempDir private Path folder;
  private Path file;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("tunnel.yaml");
    cloud = TunnelService.builder().apiKey("ak_test").build().start();
    for (String device : List.of(ONE, OTHER)) {
      for (String service : List.of(WEB, SSH)) {
        cloud.device(device).onConnect(service, stream -> serve(stream, device + "/" + service));
      }
    }
  }

  /** Sends the target, then echoes all bytes up to a dot. */
  private static void serve(ServiceStream stream, String target) throws IOException {
    stream.outputStream().write((target + "\n").getBytes(UTF_8));
    int b;
    while ((b = stream.inputStream().read()) >= 0 && b != '.') {
      stream.outputStream().write(b);
    }
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void readsOptionsAndTunnels() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "ak_test");
    write(
        "# a comment",
        "cloud-uri: " + cloud.uri(),
        "api-key-file: " + key,
        "device: " + ONE,
        "ping-duration: 1",
        "allow-plaintext: false",
        "header:",
        "  - X-One=1",
        "  - X-Two=2",
        "tunnels:",
        "  - listen: 127.0.0.1:0",
        "    service: " + WEB,
        "  - listen: '[::1]:0'",
        "    device: " + OTHER,
        "    service: " + SSH,
        "    idle-timeout: 5m",
        "    max-connections: 3");

    try (Program program = new Program().start("--config", file.toString())) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
      assertTunnelsTo(OTHER + "/" + SSH, program.nextLine());
    }
  }

  @Test
  void supportsMergeKeys() throws Exception {
    write(
        "cloud-uri: " + cloud.uri(),
        "tunnels:",
        "  - &base",
        "    listen: 127.0.0.1:0",
        "    device: " + ONE,
        "    service: " + WEB,
        "  - <<: *base",
        "    service: " + SSH);

    try (Program program = program().start("--config", file.toString())) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
      assertTunnelsTo(ONE + "/" + SSH, program.nextLine());
    }
  }

  @Test
  void argumentsAndEnvironmentOverrideFile() throws Exception {
    write("cloud-uri: " + cloud.uri(), "device: " + ONE, "service: " + WEB, "listen-uri: ':0'");

    try (Program program = program().start("--config=" + file)) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
    }
    try (Program program = program().variable("TUNNEL_DEVICE", OTHER).start("--config=" + file)) {
      assertTunnelsTo(OTHER + "/" + WEB, program.nextLine());
    }
    String url = cloud.uri() + "/v3/devices/" + OTHER + "/services/" + SSH + "/connection";
    try (Program program = program().start("--config=" + file, "--cloud-uri", url)) {
      assertTunnelsTo(OTHER + "/" + SSH, program.nextLine());
    }
    try (Program program =
        program()
            .variable("TUNNEL_DEVICE", OTHER)
            .start("--config=" + file, "-L=:0=" + SSH, "--device=" + ONE)) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
      assertTunnelsTo(ONE + "/" + SSH, program.nextLine());
    }
  }

  @Test
  void keyInEnvironmentOverridesKeyFileInFile() throws Exception {
    write("cloud-uri: " + cloud.uri(), "api-key-file: missing", "listen-uri: ':0'");
    try (Program program =
        program().start("--config=" + file, "--device=" + ONE, "--service=" + WEB)) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
    }
  }

  @Test
  void hidesKeyOfFile() throws Exception {
    write(
        "cloud-uri: " + cloud.uri(),
        "api-key: secret-of-another-form",
        "device: secret-of-another-form");
    Program program = new Program().run("--config=" + file, "--service=" + WEB);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors()).contains("tunnel.yaml:3: device: must be");
    assertThat(program.errors()).doesNotContain("secret-of");
  }

  /** Accepts the booleans of the core schema of YAML 1.2. */
  @ParameterizedTest
  @CsvSource({
    "true, true",
    "True, true",
    "TRUE, true",
    "false, false",
    "False, false",
    "FALSE, false"
  })
  void parsesBooleans(String value, boolean expected) throws Exception {
    write(
        "cloud-uri: ws://cloud.example",
        "device: " + ONE,
        "listen-uri: ':0'",
        "allow-plaintext: " + value);
    Program program = new Program().variable("TUNNEL_API_KEY", "ak_test");
    if (expected) {
      try (Program running = program.start("--config=" + file, "--service=" + WEB)) {
        assertThat(running.nextLine()).startsWith("Listening on ");
      }
    } else {
      assertThat(program.run("--config=" + file, "--service=" + WEB).exitCode()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "devise: x | 1: unknown key \"devise\"; did you mean \"device\"?",
        "'device: 017b' | 1: device: must be 32 hex digits",
        "'\nservice: 80' | 2: service: must be ip:port",
        "'idle-timeout: 5' | 1: idle-timeout: must be a duration such as 500ms",
        "'max-connections: 0' | 1: max-connections: must be at least 1",
        "'listen-uri: 8181' | 1: listen-uri: must be host:port",
        "'device: [a, b]' | 1: device: must be one value, but is a list",
        "'device: {a: b}' | 1: device: must be one value, but is keys with values",
        "'header: {a: b}' | 1: header: must be NAME=VALUE or a list of these, but is keys with values",
        "'header: [a: b]' | 1: header: must be NAME=VALUE or a list of these, but is keys with values",
        "'device:' | 1: device: the value is missing",
        "'allow-plaintext: perhaps' | 1: allow-plaintext: must be true or false, but is \"perhaps\"",
        "'device: a\ndevice: b' | 2: device: is already set in line 1",
        "'tunnels: 5' | 1: tunnels: must be a list",
        "'tunnels:\n- service: 127.0.0.1:80' | 2: the tunnel has no listen address",
        "'tunnels:\n- listen: :1\n  servise: x'"
            + " | 3: unknown key \"servise\"; did you mean \"service\"?",
        "'tunnels:\n- listen: :1\n  device: 017b' | 3: device: the device ID must be 32 hex digits",
        "'tunnels:\n- listen: 1' | 2: listen: must be host:port",
        "'tunnels:\n- listen: :1\n  idle-timeout: x' | 3: idle-timeout: must be a duration",
        "'- device' | 1: must be keys with values",
        "'device: \"open' | 2: is not valid YAML",
        "'config: x' | 1: unknown key",
        "'device:\tx\nservice: y' | 1: is not valid YAML: a tab is not allowed here; use spaces",
        "'tunnels:\n- listen: :1\n- listen: 127.0.0.1:1'"
            + " | 3: listen: 127.0.0.1:1 is already used in {file}:2; choose another address",
        "'tunnels:\n- listen: 0.0.0.0:1\n- listen: 127.0.0.1:1'"
            + " | 3: listen: 0.0.0.0:1 is already used in {file}:2; choose another address",
        "'tunnels:\n- listen: unix:/a\n- listen: unix:/a'"
            + " | 3: listen: unix:/a is already used in {file}:2; choose another address",
        "'ca-file: \"a\\0b\"' | 1: ca-file: \"a?b\" is not a valid path on this system",
        "'ping-duration: x\ntunnels:\n- listen: :1\n  write-timeout: 1m'"
            + " | 1: ping-duration: must be a number of seconds",
        "'ping-duration: 0\nwrite-timeout: 1m'"
            + " | 2: write-timeout: requires pings, but --ping-duration is 0",
        "'ping-duration: 0\ntunnels:\n- listen: :1\n  liveness-timeout: 1m'"
            + " | 3: liveness-timeout: requires pings, but --ping-duration is 0",
      })
  void namesFileAndLineOfMistake(String text, String message) throws Exception {
    Files.writeString(file, text + "\n");
    Program program =
        new Program()
            .variable("TUNNEL_CLOUD_URI", "wss://cloud.example")
            .variable("TUNNEL_API_KEY", "ak_test")
            .run("--config=" + file);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: " + file + ":" + message.replace("{file}", file.toString()));
  }

  @Test
  void rejectsMissingFile() throws Exception {
    Program program = program().run("--config=" + file);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: --config: " + file + ": file not found; check the path");
  }

  @Test
  void reloadOpensNewAndClosesRemovedTunnels() throws Exception {
    writeTunnels(tunnel(ONE, WEB), tunnel(ONE, SSH));
    try (Program program = program().start("--drain-timeout=30s", "--config=" + file)) {
      String kept = address(program.nextLine());
      String removed = address(program.nextLine());
      try (Socket onKept = connect(kept);
          Socket onRemoved = connect(removed)) {
        assertThat(line(onKept)).isEqualTo(ONE + "/" + WEB);
        assertThat(line(onRemoved)).isEqualTo(ONE + "/" + SSH);

        writeTunnels(tunnel(OTHER, SSH), tunnel(ONE, WEB));
        program.reload();

        assertTunnelsTo(OTHER + "/" + SSH, program.nextLine());
        assertThat(program.nextErrorLine()).isEqualTo("No longer listening on " + removed);
        assertEchoes(onKept);
        assertEchoes(onRemoved); // while it drains
        end(onRemoved);
        end(onKept);
      }
      assertTunnelsTo(ONE + "/" + WEB, "Listening on " + kept + " -> " + ONE + "/" + WEB);
    }
  }

  @Test
  void reloadChangesTargetOfListener() throws Exception {
    int port = freePort();
    writeTunnels(tunnel(port, ONE, WEB));
    try (Program program = program().start("--config=" + file)) {
      assertTunnelsTo(ONE + "/" + WEB, program.nextLine());
      writeTunnels(tunnel(port, OTHER, SSH));
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("No longer listening on 127.0.0.1:" + port);
      assertTunnelsTo(OTHER + "/" + SSH, program.nextLine());
    }
  }

  @Test
  void reloadKeepsPortWhenListenAddressChanges() throws Exception {
    writeTunnels(tunnel(ONE, WEB));
    try (Program program = program().start("--config=" + file)) {
      int port = ListenAddress.parsePort("", address(program.nextLine())).getPort();
      String to = " -> " + ONE + "/" + WEB;

      writeTunnels(tunnel(port, ONE, WEB));
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("No longer listening on 127.0.0.1:" + port);
      assertThat(program.nextLine()).isEqualTo("Listening on 127.0.0.1:" + port + to);
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + file);

      writeTunnels(tunnel(port, ONE, WEB).replace("127.0.0.1:" + port, "0.0.0.0:" + port));
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("No longer listening on 127.0.0.1:" + port);
      assertThat(program.nextLine()).isEqualTo("Listening on 0.0.0.0:" + port + to);
    }
  }

  @Test
  void reloadKeepsTunnelsIfAddressIsInUse() throws Exception {
    writeTunnels(tunnel(ONE, WEB));
    try (Program program = program().start("--config=" + file);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listening = program.nextLine();
      writeTunnels(tunnel(ONE, SSH), tunnel(taken.getLocalPort(), OTHER, SSH));
      program.reload();
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": the port is in use by another program");
      assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");
      assertTunnelsTo(ONE + "/" + WEB, listening);
    }
  }

  @Test
  void reloadKeepsTunnelsIfFileIsInvalid() throws Exception {
    writeTunnels(tunnel(ONE, WEB));
    try (Program program = program().start("--config=" + file)) {
      String listening = program.nextLine();
      writeTunnels(tunnel(OTHER, SSH), tunnel("017b", SSH));
      program.reload();
      assertThat(program.nextErrorLine())
          .startsWith("tunnel: " + file + ":4: device: the device ID must be");
      assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");
      assertTunnelsTo(ONE + "/" + WEB, listening);
    }
  }

  @Test
  void reloadKeepsTunnelsIfNestingIsTooDeep() throws Exception {
    writeTunnels(tunnel(ONE, WEB));
    try (Program program = program().start("--config=" + file)) {
      String listening = program.nextLine();
      write("tunnels: " + "[".repeat(100_000));
      program.reload();
      assertThat(program.nextErrorLine())
          .isEqualTo("tunnel: " + file + ":1: lists or keys are nested too deeply");
      assertThat(program.nextErrorLine()).isEqualTo("The listeners are unchanged");
      assertTunnelsTo(ONE + "/" + WEB, listening);
    }
  }

  @Test
  void reloadWarnsAboutSettingsThatRequireRestart() throws Exception {
    writeTunnels(tunnel(ONE, WEB));
    try (Program program = program().start("--config=" + file)) {
      program.nextLine();
      Files.writeString(file, Files.readString(file) + "ping-duration: 1\n");
      program.reload();
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: warning: "
                  + file
                  + ": restart the program to apply the changes to: ping-duration");
    }
  }

  private Program program() {
    return new Program().variable("TUNNEL_API_KEY", "ak_test");
  }

  private void write(String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  private void writeTunnels(String... tunnels) throws IOException {
    write("cloud-uri: " + cloud.uri(), "tunnels:", String.join("\n", tunnels));
  }

  private static String tunnel(String device, String service) {
    return tunnel(0, device, service);
  }

  private static String tunnel(int port, String device, String service) {
    return "  - {listen: '127.0.0.1:%d', device: %s, service: '%s'}"
        .formatted(port, device, service);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void assertTunnelsTo(String service, String line) throws IOException {
    assertThat(line).endsWith(" -> " + service);
    try (Socket socket = connect(address(line))) {
      assertThat(line(socket)).isEqualTo(service);
      end(socket);
    }
  }

  private static void end(Socket socket) throws IOException {
    socket.getOutputStream().write('.');
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  private static void assertEchoes(Socket socket) throws IOException {
    socket.getOutputStream().write("echo\n".getBytes(UTF_8));
    assertThat(line(socket)).isEqualTo("echo");
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    int b;
    while ((b = socket.getInputStream().read()) != '\n') {
      assertThat(b).as("a byte after: %s", line).isNotNegative();
      line.append((char) b);
    }
    return line.toString();
  }
}
