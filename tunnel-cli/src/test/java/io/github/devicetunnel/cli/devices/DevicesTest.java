package io.github.devicetunnel.cli.devices;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks the list of devices, and names from the device directory of the cloud. */
class DevicesTest {
  private static final String TURBINE = Program.DEVICE;
  private static final String PUMP = Program.OTHER_DEVICE;
  private static final String GATE = "017b7fddb124724840c1c7b800000abc";
  private static final String WEB = "127.0.0.1:80";

  @TempDir private Path folder;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelService.builder().apiKey("ak_test").build().start();
    cloud
        .device(TURBINE)
        .name("turbine-7")
        .customAttribute("plant", "north")
        .updatedAt(Instant.parse("2026-11-30T12:34:56.789Z"))
        .onConnect(WEB, stream -> stream.outputStream().write("turbine".getBytes(UTF_8)));
    cloud.device(PUMP).name("pump 3").state("deregistered").updatedAt(Instant.EPOCH);
    cloud.device(GATE).name("gate\u001b[31m-1").updatedAt(Instant.EPOCH);
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private Program program() {
    return new Program()
        .variable("TUNNEL_API_KEY", "ak_test")
        .variable("TUNNEL_CLOUD_URI", cloud.uri());
  }

  @Test
  void printsTable() throws Exception {
    Program program = program().run("devices");

    assertThat(program.exitCode()).isZero();
    assertThat(program.nextLine()).matches("NAME {9}ID {32}STATE {9}UPDATED");
    assertThat(program.output())
        .contains("turbine-7    " + TURBINE + "  registered    2026-11-30T12:34:56Z")
        .contains("pump 3       " + PUMP + "  deregistered  1970-01-01T00:00:00Z")
        .doesNotContain("\u001b");
  }

  @Test
  void filtersAndLimits() throws Exception {
    assertThat(ids("--name=turbine-7")).isEqualTo(TURBINE + "\n");
    assertThat(ids("--name=t*-?")).isEqualTo(TURBINE + "\n");
    assertThat(ids("--state=deregistered")).isEqualTo(PUMP + "\n");
    assertThat(ids("--state=deregistered", "--state=registered").lines()).hasSize(3);
    assertThat(ids("--attribute=plant=north")).isEqualTo(TURBINE + "\n");
    assertThat(ids("--attribute=plant=south")).isEmpty();
    assertThat(ids("--limit=2").lines()).hasSize(2);
    Program none = program().run("devices", "--name=other");
    assertThat(none.exitCode()).isZero();
    assertThat(none.output()).isEmpty();
    assertThat(none.nextErrorLine()).isEqualTo("No devices found");
  }

  private String ids(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "devices";
    all[1] = "--output=ids";
    System.arraycopy(args, 0, all, 2, args.length);
    Program program = program().run(all);
    assertThat(program.exitCode()).isZero();
    return program.output();
  }

  @Test
  void printsJson() throws Exception {
    Program program = program().run("devices", "--output=json", "--name=turbine-7");

    assertThat(program.exitCode()).isZero();
    assertThat(program.nextLine())
        .startsWith("{\"id\":\"" + TURBINE + "\",\"name\":\"turbine-7\",")
        .contains("\"state\":\"registered\"")
        .contains("\"updatedAt\":\"2026-11-30T12:34:56.789Z\"")
        .endsWith("\"customAttributes\":{\"plant\":\"north\"}}");
  }

  @Test
  void printsScrapeTargets() throws Exception {
    Program program =
        program().run("devices", "--output=prometheus", "--state=registered", "--port=9200");

    assertThat(program.exitCode()).isZero();
    assertThat(program.nextLine())
        .startsWith("[{\"targets\":[\"turbine-7:9200\"],\"labels\":{")
        .contains("\"__meta_tunnel_device_id\":\"" + TURBINE + "\"")
        .contains("\"__meta_tunnel_attribute_plant\":\"north\"");
    // A name that cannot be a host name.
    assertThat(program.nextLine()).startsWith(",{\"targets\":[\"" + GATE + ":9200\"]");
    assertThat(program.nextLine()).isEqualTo("]");

    Program none = program().run("devices", "--output=prometheus", "--name=other");
    assertThat(none.output()).isEqualTo("[]\n");
  }

  @Test
  void nameOfDirectoryCostsOneRequest() throws Exception {
    try (Program program =
        program()
            .start(
                "--device=turbine-7",
                "--service=" + WEB,
                "--listen-uri=:0",
                "-L=:0=turbine-7/" + WEB,
                "-L=:0=turbine-7/127.0.0.1:81")) {
      String line = program.nextLine();
      assertThat(line).endsWith(" -> " + TURBINE + "/" + WEB + " (turbine-7)");
      try (Socket socket = connect(address(line))) {
        assertThat(socket.getInputStream().readAllBytes()).isEqualTo("turbine".getBytes(UTF_8));
      }
      program.nextLine();
      program.nextLine();
    }
    assertThat(cloud.directory().requests()).hasSize(1);
  }

  @Test
  void addressBookComesFirst() throws Exception {
    Path file =
        Files.writeString(folder.resolve("config.yaml"), "devices: {turbine-7: " + PUMP + "}\n");
    Program program =
        program().run("check", "--config=" + file, "--device=turbine-7", "--service=" + WEB);

    assertThat(program.output()).contains(PUMP + "/" + WEB + " (turbine-7)");
    assertThat(cloud.directory().requests()).isEmpty();
  }

  @Test
  void sendsNoKeyInPlaceOfName() throws Exception {
    for (String secret : new String[] {"ak_another", JWT, "ak_test"}) {
      Program program = program().run("check", "--device=" + secret, "--service=" + WEB);
      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: --device: must be the name or ID of a device, but looks like an access key"
                  + " or token");
    }
    assertThat(cloud.directory().requests()).isEmpty();
  }

  @Test
  void warnsAboutDeviceThatIsNotConnected() throws Exception {
    Program program = program().run("check", "--device=pump 3", "--service=" + WEB);

    assertThat(program.nextErrorLine())
        .startsWith(
            "tunnel: warning: device "
                + PUMP
                + " (pump 3) has the state deregistered instead of registered; ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turbine-8 | 5 | --device: unknown device \"turbine-8\"; specify a device ID",
        "'turbine\u0007' | 2 | --device: ",
        "twin | 7 | --device: several devices have the name \"twin\": ",
      })
  void rejectsNameThatIsNotUnique(String name, int exitCode, String message) throws Exception {
    cloud.device("017b7fddb124724840c1c7b800000001").name("twin");
    cloud.device("017b7fddb124724840c1c7b800000002").name("twin").state("deregistered");
    Program program = program().run("--device=" + name, "--service=" + WEB, "--listen-uri=:0");

    assertThat(program.exitCode()).isEqualTo(exitCode);
    assertThat(program.output()).isEmpty();
    assertThat(program.nextErrorLine()).startsWith("tunnel: " + message);
    if (name.equals("twin")) {
      assertThat(program.errors())
          .contains("017b7fddb124724840c1c7b800000001", "registered")
          .contains("017b7fddb124724840c1c7b800000002", "deregistered");
    }
    assertThat(cloud.upgrades()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 5", "429, 7", "500, 7"})
  void reportsRejection(int status, int exitCode) throws Exception {
    cloud.directory().onEveryRequest(Fault.reject(status));
    for (String command : new String[] {"devices", "check"}) {
      Program program =
          command.equals("devices")
              ? program().run("devices")
              : program().run("check", "--device=turbine-7", "--service=" + WEB);
      assertThat(program.exitCode()).as(command).isEqualTo(exitCode);
      assertThat(program.errors()).contains("the cloud rejected the request for the device");
      assertThat(program.errors()).contains("(request ");
    }
    assertThat(cloud.upgrades()).isEmpty();
  }

  @Test
  void failureOfDirectoryIsNotHiddenBySimilarName() throws Exception {
    cloud.directory().onEveryRequest(Fault.reject(403));
    Path file =
        Files.writeString(folder.resolve("config.yaml"), "devices: {turbine-7: " + TURBINE + "}\n");
    Program program =
        program().run("check", "--config=" + file, "--device=turbin-7", "--service=" + WEB);

    assertThat(program.exitCode()).isEqualTo(4);
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: --device: the cloud rejected the request for the device \"turbin-7\"");
    assertThat(program.nextErrorLine()).isEqualTo("Did you mean turbine-7?");
  }

  @Test
  void suggestsNamesOfLastList() throws Exception {
    String cache = folder.toString();
    Program list = program().variable("XDG_CACHE_HOME", cache).run("devices");
    assertThat(list.exitCode()).isZero();
    Program program =
        program()
            .variable("XDG_CACHE_HOME", cache)
            .run("check", "--device=turbin-7", "--service=" + WEB);

    assertThat(program.exitCode()).isEqualTo(5);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: --device: unknown device \"turbin-7\"; did you mean turbine-7?");
  }

  @Test
  void misspeltNameIsReportedWithoutCommonKey() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "ak_test");
    Path file =
        Files.writeString(
            folder.resolve("config.yaml"),
            "devices: {turbine-7: {id: " + TURBINE + ", api-key-file: " + key + "}}\n");
    Program program =
        new Program()
            .variable("TUNNEL_CLOUD_URI", cloud.uri())
            .run("check", "--config=" + file, "--device=turbin-7", "--service=" + WEB);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: --device: unknown device \"turbin-7\"; did you mean turbine-7?");
  }

  /** The device has one name in the address book and another in the directory. */
  @Test
  void bothNamesOfADeviceHaveItsKeyAndServices() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "ak_wrong");
    Path file =
        Files.writeString(
            folder.resolve("config.yaml"),
            ("devices: {mine: {id: " + TURBINE + ", api-key-file: " + key)
                + ", services: {web: '127.0.0.1:81'}}}\nservices: {web: '127.0.0.1:80'}\n");
    for (String name : new String[] {"mine", "turbine-7", TURBINE}) {
      Program program =
          program().run("check", "--config=" + file, "--device=" + name, "--service=web");
      assertThat(program.exitCode()).as(name).isEqualTo(4);
      assertThat(program.output()).contains(TURBINE + "/127.0.0.1:81 (mine)");
    }
  }

  @Test
  void printsDevicesThatArrivedBeforeFailure() throws Exception {
    for (int i = 1; i < 1_500; i++) {
      cloud.device(String.format("%032x", i)).name("device-" + i);
    }
    for (String format : new String[] {"text", "ids", "prometheus"}) {
      cloud.directory().onNextRequest(Fault.none()).onNextRequest(Fault.reject(500));
      Program program = program().run("devices", "--output=" + format, "--name=device-1?");
      assertThat(program.exitCode()).isEqualTo(7);
      assertThat(program.output()).contains(format.equals("prometheus") ? "device-10" : "00000a");
      assertThat(program.output()).doesNotContain("]\n]");
    }
  }

  @Test
  void endsDespiteHostileDirectory() throws Exception {
    cloud.directory().repeatPages(true);
    assertInvalid("repeats the device");
    cloud.directory().clearFaults();
    cloud.directory().truncatePages(true);
    assertInvalid("ends before it is complete");
    cloud.directory().clearFaults();
    cloud.directory().hasMoreForever(true);
    assertInvalid("");
    cloud.directory().clearFaults();
    cloud.directory().ignoreFilters(true);
    assertThat(ids("--name=turbine-7")).isEqualTo(TURBINE + "\n");
  }

  private void assertInvalid(String defect) {
    Program program = program().run("devices", "--output=ids");
    assertThat(program.exitCode()).isEqualTo(7);
    assertThat(program.errors()).contains(defect);
  }

  @Test
  void tokenCannotListDevices() throws Exception {
    Program program =
        program()
            .variable("TUNNEL_APPLICATION_ID", "app")
            .variable("TUNNEL_API_KEY", JWT)
            .run("devices");

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: the device directory requires an access key");
    assertThat(cloud.directory().requests()).isEmpty();
  }

  /** A token without a signature. */
  private static final String JWT = "eyJhbGciOiJub25lIn0.eyJleHAiOjQwMDAwMDAwMDB9.c2ln";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--state=a b | --state: must be words such as registered",
        "--attribute=x | --attribute: must be NAME=VALUE, but is \"x\"",
        "--limit=0 | --limit: must be at least 1, but is 0",
        "--limit=x | --limit: must be a whole number",
        "--port=65536 | --port: must be from 1 to 65535",
        "--output=yaml | --output: must be text, json, ids or prometheus, but is \"yaml\"",
        "--name= | --name: ",
      })
  void rejectsInvalidOptions(String option, String message) throws Exception {
    Program program = program().run("devices", "--output=prometheus", option);

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine()).startsWith("tunnel: " + message);
    assertThat(cloud.directory().requests()).isEmpty();
  }

  @Test
  void stopsWaitingForSilentDirectory() throws Exception {
    cloud.directory().onEveryRequest(Fault.delay(Duration.ofMinutes(5)));
    Program program =
        program().run("check", "--connect-timeout=1s", "--device=turbine-7", "--service=" + WEB);

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(program.errors()).contains("the request for the device \"turbine-7\" failed");
  }
}
