package io.github.devicetunnel.cli.config;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.jwt.TunnelClaims;
import io.github.devicetunnel.jwt.TunnelToken;
import io.github.devicetunnel.testing.TestKeyPair;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks names of devices and services, profiles, and the default configuration file. */
class AddressBookTest {
  private static final String TURBINE = Program.DEVICE;
  private static final String PUMP = Program.OTHER_DEVICE;
  private static final String WEB = "127.0.0.1:80";
  private static final String SSH = "127.0.0.1:22";

  @TempDir private Path folder;
  private Path file;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("tunnel.yaml");
    cloud =
        TunnelService.builder()
            .apiKey("ak_fleet")
            .apiKey("ak_turbine", TURBINE)
            .apiKey("ak_pump", PUMP)
            .build()
            .start();
    for (String device : List.of(TURBINE, PUMP)) {
      for (String service : List.of(WEB, SSH, "10.0.0.5:22")) {
        cloud
            .device(device)
            .onConnect(
                service,
                stream ->
                    stream.outputStream().write((device + "/" + service + "\n").getBytes(UTF_8)));
      }
    }
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private void write(String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  private void writeBook(String... more) throws IOException {
    write(
        "cloud-uri: " + cloud.uri(),
        "devices:",
        "  Turbine-7: " + TURBINE,
        "  pump-3:",
        "    id: " + PUMP.toUpperCase(Locale.ROOT),
        "    services: {ssh: '10.0.0.5:22'}",
        "services: {ssh: '127.0.0.1:22', web: '127.0.0.1:80'}",
        String.join("\n", more));
  }

  private Program program() {
    return new Program().variable("TUNNEL_API_KEY", "ak_fleet");
  }

  private static String received(String line) throws IOException {
    try (Socket socket = connect(address(line))) {
      return new String(socket.getInputStream().readAllBytes(), UTF_8).strip();
    }
  }

  private static void assertTunnelsTo(String target, String name, String line) throws IOException {
    assertThat(line).endsWith(" -> " + target + " (" + name + ")");
    assertThat(received(line)).isEqualTo(target);
  }

  @Test
  void resolvesNamesOfOptionsAndTunnels() throws Exception {
    writeBook(
        "tunnels:",
        "  - {listen: ':0', device: PUMP-3, service: web}",
        "  - {listen: ':0', device: pump-3}");
    try (Program program =
        program()
            .start(
                "--config=" + file,
                "--listen-uri=:0",
                "--device=turbine-7",
                "--service=ssh",
                "-L=:0=pump-3/ssh",
                "-L=:0=web",
                "-L=:0=" + PUMP + "/" + SSH)) {
      assertTunnelsTo(TURBINE + "/" + SSH, "Turbine-7", program.nextLine());
      assertTunnelsTo(PUMP + "/10.0.0.5:22", "pump-3", program.nextLine());
      assertTunnelsTo(TURBINE + "/" + WEB, "Turbine-7", program.nextLine());
      assertTunnelsTo(PUMP + "/" + SSH, "pump-3", program.nextLine());
      assertTunnelsTo(PUMP + "/" + WEB, "pump-3", program.nextLine());
      // The alias of the common option, as the device defines it.
      assertTunnelsTo(PUMP + "/10.0.0.5:22", "pump-3", program.nextLine());
    }
  }

  @Test
  void resolvesNamesOfVariables() throws Exception {
    writeBook("listen-uri: ':0'");
    try (Program program =
        program()
            .variable("TUNNEL_CONFIG", file.toString())
            .variable("TUNNEL_DEVICE", "pump-3")
            .variable("TUNNEL_SERVICE", "ssh")
            .start()) {
      assertTunnelsTo(PUMP + "/10.0.0.5:22", "pump-3", program.nextLine());
    }
  }

  @Test
  void checkAndTokenUseNames() throws Exception {
    writeBook();
    Program check =
        program().run("check", "--config=" + file, "--device=turbine-7", "--service=web");
    assertThat(check.exitCode()).isZero();
    assertThat(check.output()).contains(TURBINE + "/" + WEB + " (Turbine-7)");

    TestKeyPair.generate(SigningAlgorithm.ES256).writeTo(folder);
    Program token =
        program()
            .run(
                "jwt",
                "create",
                "--private-key=" + folder.resolve("private.key"),
                "--config=" + file,
                "--device=pump-3",
                "--service=ssh");
    assertThat(token.exitCode()).isZero();
    TunnelClaims claims = TunnelToken.parse(token.output().strip()).claims();
    assertThat(claims.deviceId()).isEqualTo(PUMP);
    assertThat(claims.ip()).isEqualTo("10.0.0.5");
    assertThat(claims.port()).isEqualTo(22);
  }

  @Test
  void eventsContainNames() throws Exception {
    writeBook();
    try (Program program =
        program()
            .start(
                "--config=" + file,
                "--output=json",
                "--listen-uri=:0",
                "--device=turbine-7",
                "--service=web")) {
      String listening = program.nextLine();
      String names = "\"device\":\"" + TURBINE + "\",\"deviceName\":\"Turbine-7\"";
      assertThat(listening).contains(names);
      String address = listening.replaceFirst(".*\"address\":\"([^\"]+)\".*", "$1");
      try (Socket socket = connect(address)) {
        socket.getInputStream().readAllBytes();
      }
      assertThat(program.nextLine()).contains("\"opened\"").contains(names);
      assertThat(program.nextLine()).contains("\"closed\"").contains(names);
    }
  }

  @Test
  void metricsAndStatusPageContainNames() throws Exception {
    writeBook();
    try (Program program =
        program()
            .start(
                "--config=" + file,
                "--metrics-listen=:0",
                "--listen-uri=:0",
                "--device=turbine-7",
                "--service=web")) {
      String url = program.nextErrorLine().replaceFirst("Metrics and status page on ", "");
      assertThat(received(program.nextLine())).isEqualTo(TURBINE + "/" + WEB);

      assertThat(get(url + "metrics"))
          .contains("{device=\"" + TURBINE + "\",device_name=\"Turbine-7\",direction=\"down\"}");
      assertThat(get(url + "status.json"))
          .contains("\"device\":\"" + TURBINE + "\",\"deviceName\":\"Turbine-7\"");
    }
  }

  private static String get(String url) throws IOException {
    try (InputStream in = URI.create(url).toURL().openStream()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void logsAndErrorsContainNames() throws Exception {
    writeBook();
    try (Program program =
        program()
            .start("--config=" + file, "--listen-uri=:0", "--device=turbine-7", "--service=:81")) {
      // The service does not exist, so the tunnel is rejected.
      assertThat(program.exitCode()).isEqualTo(2);
    }
    try (Program program =
        program()
            .start(
                "--config=" + file,
                "--listen-uri=:0",
                "--device=turbine-7",
                "--service=127.0.0.1:81")) {
      try (Socket socket = connect(address(program.nextLine()))) {
        assertThat(socket.getInputStream().read()).isNegative();
      } catch (IOException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
      assertThat(program.nextErrorLine()).contains(TURBINE + "/127.0.0.1:81 (Turbine-7)");
    }
  }

  @Test
  void deviceHasItsOwnKey() throws Exception {
    Path turbine = Files.writeString(folder.resolve("turbine.key"), "ak_turbine");
    Path pump = Files.writeString(folder.resolve("pump.key"), "ak_pump");
    write(
        "cloud-uri: " + cloud.uri(),
        "service: " + WEB,
        "devices:",
        "  turbine-7: {id: " + TURBINE + ", api-key-file: " + turbine + "}",
        "  pump-3: {id: " + PUMP + ", api-key-file: " + pump + "}",
        "tunnels:",
        "  - {listen: ':0', device: turbine-7}",
        "  - {listen: ':0', device: pump-3}");
    // Without a common key.
    try (Program program = new Program().start("--config=" + file)) {
      assertTunnelsTo(TURBINE + "/" + WEB, "turbine-7", program.nextLine());
      assertTunnelsTo(PUMP + "/" + WEB, "pump-3", program.nextLine());
    }
    // It is more specific than a common key, which would not open these tunnels.
    try (Program program =
        new Program().variable("TUNNEL_API_KEY", "ak_other").start("--config=" + file)) {
      assertTunnelsTo(TURBINE + "/" + WEB, "turbine-7", program.nextLine());
      assertTunnelsTo(PUMP + "/" + WEB, "pump-3", program.nextLine());
    }
    Program check = new Program().run("check", "--config=" + file, "-L=:0=pump-3/" + WEB);
    assertThat(check.exitCode()).isZero();
    // An argument overrides it.
    Program other =
        new Program().run("check", "--config=" + file, "--api-key=ak_turbine", "--device=pump-3");
    assertThat(other.exitCode()).isZero(); // the first listener is that of turbine-7
    Program rejected =
        new Program()
            .run("check", "--config=" + file, "--api-key=ak_turbine", "-L=:0=pump-3/" + WEB);
    assertThat(rejected.exitCode()).isEqualTo(4);
  }

  @Test
  void deviceOfFullUrlHasItsOwnKey() throws Exception {
    Path pump = Files.writeString(folder.resolve("pump.key"), "ak_pump");
    write("devices:", "  pump-3: {id: " + PUMP + ", api-key-file: " + pump + "}");
    String url = cloud.uri() + "/v3/devices/" + PUMP + "/services/" + WEB + "/connection";
    Program program =
        new Program()
            .variable("TUNNEL_API_KEY", "ak_turbine")
            .run("check", "--config=" + file, "--cloud-uri=" + url);
    assertThat(program.exitCode()).isZero();
  }

  /** A pipe, such as that of {@code <(command)}, can be read only once. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void keyFileIsReadOnce() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    write(
        "cloud-uri: " + cloud.uri(),
        "service: " + WEB,
        "devices:",
        "  pump-3: {id: " + PUMP + ", api-key-file: " + pipe + "}",
        "tunnels:",
        "  - {listen: ':0', device: pump-3}",
        "  - {listen: ':0', device: pump-3}");
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.writeString(pipe, "ak_pump");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    try (Program program = new Program().start("--config=" + file)) {
      assertTunnelsTo(PUMP + "/" + WEB, "pump-3", program.nextLine());
      assertTunnelsTo(PUMP + "/" + WEB, "pump-3", program.nextLine());
      program.reload();
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + file);
    }
    writer.get(60, TimeUnit.SECONDS);
  }

  @Test
  void keyOfOneDeviceIsNotUsedForAnother() throws Exception {
    Path key = Files.writeString(folder.resolve("pump.key"), "ak_pump");
    write(
        "cloud-uri: " + cloud.uri(),
        "devices:",
        "  turbine-7: " + TURBINE,
        "  pump-3: {id: " + PUMP + ", api-key-file: " + key + "}",
        "tunnels:",
        "  - {listen: ':0', device: pump-3, service: '127.0.0.1:80'}",
        "  - {listen: ':0', device: turbine-7, service: '127.0.0.1:80'}");
    Program program = new Program().run("--config=" + file);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine()).startsWith("tunnel: --api-key-file: is missing");
    assertThat(cloud.upgrades()).isEmpty();
  }

  @Test
  void reloadAppliesChangedAddressBook() throws Exception {
    String tunnels = "tunnels: [{listen: ':0', device: turbine-7, service: web}]";
    writeBook(tunnels);
    try (Program program = program().start("--config=" + file)) {
      String first = program.nextLine();
      assertTunnelsTo(TURBINE + "/" + WEB, "Turbine-7", first);

      program.reload(); // changes nothing
      assertThat(program.nextErrorLine()).isEqualTo("Reloaded " + file);

      Files.writeString(
          file, Files.readString(file).replace("web: '127.0.0.1:80'", "web: '127.0.0.1:22'"));
      program.reload();
      assertTunnelsTo(TURBINE + "/" + SSH, "Turbine-7", program.nextLine());
      assertThat(program.nextErrorLine()).startsWith("No longer listening on ");
    }
  }

  @Test
  void reloadReplacesNames() throws Exception {
    writeBook("tunnels: [{listen: ':0', device: turbine-7, service: web}]");
    try (Program program = program().start("--config=" + file)) {
      assertTunnelsTo(TURBINE + "/" + WEB, "Turbine-7", program.nextLine());
      write(
          "cloud-uri: " + cloud.uri(),
          "devices: {renamed: " + TURBINE + "}",
          "tunnels:",
          "  - {listen: ':0', device: renamed, service: '127.0.0.1:80'}",
          "  - {listen: ':0', device: " + PUMP + ", service: '127.0.0.1:80'}");
      program.reload();
      assertThat(program.nextLine()).endsWith(" -> " + PUMP + "/" + WEB);
    }
  }

  @Test
  void credentialOfProfileReplacesCommonApplication() throws Exception {
    Path key = Files.writeString(folder.resolve("fleet.key"), "ak_fleet");
    write(
        "cloud-uri: " + cloud.uri(),
        "api-key: eyJhbGciOiJub25lIn0.eyJleHAiOjQwMDAwMDAwMDB9.c2ln",
        "application-id: app",
        "device: " + TURBINE,
        "service: " + WEB,
        "profiles: {other: {api-key-file: " + key + "}, empty: }");
    Program other = new Program().run("check", "--config=" + file, "--profile=other");
    assertThat(other.exitCode()).isZero();
    Program empty = new Program().run("check", "--config=" + file, "--profile=empty");
    assertThat(empty.exitCode()).isEqualTo(4);
  }

  @Test
  void manyDevicesShareAnAnchor() throws Exception {
    StringBuilder devices =
        new StringBuilder("devices:\n  d0: {id: " + TURBINE + ", services: &s ");
    devices.append("{web: '127.0.0.1:80'}}\n");
    for (int i = 1; i < 200; i++) {
      devices.append(String.format("  d%d: {id: %032x, services: *s}%n", i, i));
    }
    Files.writeString(file, devices + "cloud-uri: " + cloud.uri() + "\n");
    Program program = program().run("check", "--config=" + file, "--device=d0", "--service=web");
    assertThat(program.exitCode()).isZero();
  }

  @Test
  void tokenForDeviceIdNeedsNoConfiguration() throws Exception {
    TestKeyPair.generate(SigningAlgorithm.ES256).writeTo(folder);
    Files.writeString(file, "devices: 5\n");
    Program program =
        new Program()
            .variable("TUNNEL_CONFIG", file.toString())
            .variable("TUNNEL_PROFILE", "unknown")
            .run(
                "jwt",
                "create",
                "--private-key=" + folder.resolve("private.key"),
                "--device=" + PUMP);
    assertThat(program.exitCode()).isZero();
    Program named =
        new Program()
            .variable("TUNNEL_CONFIG", file.toString())
            .run(
                "jwt",
                "create",
                "--private-key=" + folder.resolve("private.key"),
                "--device=pump-3");
    assertThat(named.exitCode()).isEqualTo(2);
    assertThat(named.nextErrorLine()).startsWith("tunnel: " + file + ":1: ");
  }

  @Test
  void namesAreNotInsertedIntoUrlsAndExamples() throws Exception {
    writeBook();
    Program url =
        program()
            .run(
                "check",
                "--config=" + file,
                "--cloud-uri=" + cloud.uri() + "/v3/devices/" + TURBINE + "/services");
    assertThat(url.exitCode()).isEqualTo(2);
    assertThat(url.errors())
        .contains("/v3/devices/" + TURBINE + "/services")
        .doesNotContain("(Turb");
    Program example = program().run("check", "--config=" + file, "--device=017b", "--service=web");
    assertThat(example.errors()).contains("such as " + TURBINE + ", but");
  }

  @Test
  void profileOverridesCommonOptions() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.key"), "ak_wrong");
    Path right = Files.writeString(folder.resolve("right.key"), "ak_fleet");
    write(
        "cloud-uri: ws://127.0.0.1:1",
        "api-key: ak_none",
        "listen-uri: ':0'",
        "device: " + TURBINE,
        "service: " + WEB,
        "default-profile: plant-a",
        "profiles:",
        "  plant-a: {cloud-uri: '" + cloud.uri() + "', api-key-file: " + right + "}",
        "  plant-b: {cloud-uri: '" + cloud.uri() + "', api-key-file: " + wrong + "}");
    Program plantA = new Program().run("check", "--config=" + file);
    assertThat(plantA.exitCode()).isZero();
    Program plantB = new Program().run("check", "--config=" + file, "--profile=plant-b");
    assertThat(plantB.exitCode()).isEqualTo(4);
    Program fromVariable =
        new Program().variable("TUNNEL_PROFILE", "plant-b").run("check", "--config=" + file);
    assertThat(fromVariable.exitCode()).isEqualTo(4);

    Program unknown = new Program().run("check", "--config=" + file, "--profile=plant-c");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.nextErrorLine())
        .isEqualTo("tunnel: --profile: unknown profile \"plant-c\"; did you mean \"plant-a\"?");
    Program noFile = new Program().run("check", "--profile=plant-a");
    assertThat(noFile.exitCode()).isEqualTo(2);
    assertThat(noFile.nextErrorLine())
        .startsWith("tunnel: --profile: requires a configuration file");
  }

  @Test
  void readsDefaultFile() throws Exception {
    Path home = Files.createDirectories(folder.resolve("home/.config/device-tunnel"));
    file = home.resolve("config.yaml");
    writeBook("device: turbine-7", "service: web");
    Program ofHome = program().variable("HOME", folder.resolve("home").toString()).run("check");
    assertThat(ofHome.exitCode()).isZero();
    Program ofXdg =
        program()
            .variable("HOME", folder.toString())
            .variable("XDG_CONFIG_HOME", folder.resolve("home/.config").toString())
            .run("check");
    assertThat(ofXdg.exitCode()).isZero();
    Program without = program().variable("HOME", folder.toString()).run("check");
    assertThat(without.exitCode()).isEqualTo(2);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void rejectsFileThatOthersCanChange() throws Exception {
    Path config = Files.createDirectories(folder.resolve("device-tunnel"));
    file = config.resolve("config.yaml");
    writeBook("device: turbine-7", "service: web");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    Program named = program().run("check", "--config=" + file);
    assertThat(named.exitCode()).isZero();
    Program preset = program().variable("XDG_CONFIG_HOME", folder.toString()).run("check");
    assertThat(preset.exitCode()).isEqualTo(2);
    assertThat(preset.nextErrorLine())
        .isEqualTo(
            "tunnel: configuration file: "
                + file
                + ": can be changed by other users; run: chmod go-w "
                + file);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    Program everybody = program().run("check", "--config=" + file);
    assertThat(everybody.exitCode()).isEqualTo(2);
    assertThat(everybody.nextErrorLine())
        .startsWith("tunnel: --config: " + file + ": can be changed by other users; ");
    assertThat(cloud.upgrades()).hasSize(1); // that of the check that passed
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "devices: {a: 017b} | 1: a: the device ID must be 32 hex digits",
        "devices: [a] | 1: must be keys with values",
        "devices: {a: } | 1: a: the value is missing",
        "devices: {a: {services: {}}} | 1: a: id is missing; add id: DEVICE_ID",
        "devices: {a: {idd: x}} | 1: unknown key \"idd\"; did you mean \"id\"?",
        "'devices:\n  a: {id: 017b7fddb124724840c1c7b800000000,\n    application-id: x}'"
            + " | 3: application-id: requires api-key-file with a token; add it",
        "devices: {a b: 017b7fddb124724840c1c7b800000000}"
            + " | 1: \"a b\" is not a valid device name; use 1 to 63 letters, digits and hyphens",
        "'devices: {\"a\\u0007\": 017b7fddb124724840c1c7b800000000}'"
            + " | 1: \"a?\" is not a valid device name; use 1 to 63 letters, digits and hyphens",
        "devices: {017b7fddb124724840c1c7b8000000ff: 017b7fddb124724840c1c7b800000000}"
            + " | 1: 017b7fddb124724840c1c7b8000000ff: is a device ID, which cannot be a name",
        "'devices:\n  a: 017b7fddb124724840c1c7b800000000\n  A: 017b7fddb124724840c1c7b8000000ff'"
            + " | 3: A: has the same name as a in {file}:2; remove one",
        "'devices:\n  a: 017b7fddb124724840c1c7b800000000\n  b: 017B7FDDB124724840C1C7B800000000'"
            + " | 3: b: has the same ID as a in {file}:2; remove one",
        "services: {web: 127.0.0.1} | 1: web: the address of the service must be ip:port, host:port"
            + " or [ipv6]:port as the gateway sees it, such as 127.0.0.1:80, but in \"127.0.0.1\""
            + " the port is missing",
        "'devices: {turbine-7: 017b7fddb124724840c1c7b800000000}\nservices: {web: 127.0.0.1:80}\ntunnels:\n"
            + "- listen: :1\n  service: turbine-7' | 5: service: \"turbine-7\" is a device; specify"
            + " DEVICE/SERVICE",
        "services: {'a:1': '127.0.0.1:80'} | 1: \"a:1\" is not a valid service name",
        "profiles: {a: {devise: x}} | 1: unknown key \"devise\"; did you mean \"device\"?",
        "'default-profile: a' | 1: default-profile: unknown profile \"a\"; add it to profiles",
        "'services: {web: 127.0.0.1:80}\nservice: wbe'"
            + " | 2: service: unknown service \"wbe\"; did you mean web?",
        "'services: {web: 127.0.0.1:80}\ntunnels:\n- listen: :1\n  service: ssh'"
            + " | 4: service: unknown service \"ssh\"; specify IP:PORT or add it to services",
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
  void unknownNameOpensNothing() throws Exception {
    writeBook();
    Program program =
        program().run("--config=" + file, "-L=:0=turbine-7/web", "-L=:0=turbine-8/web");
    assertThat(program.exitCode()).isEqualTo(5);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: -L: unknown device \"turbine-8\"; did you mean Turbine-7?");
    assertThat(program.output()).isEmpty();

    writeBook("listen-uri: ':0'", "device: other", "service: web");
    Program ofFile = program().run("--config=" + file);
    assertThat(ofFile.exitCode()).isEqualTo(5);
    assertThat(ofFile.nextErrorLine())
        .isEqualTo(
            "tunnel: "
                + file
                + ":9: device: unknown device \"other\"; specify a device ID or add it to devices"
                + " in the configuration");
  }
}
