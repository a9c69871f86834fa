package io.github.devicetunnel.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks names of the device directory for completion. */
class DirectoryNamesTest {
  @TempDir private Path folder;
  private Path file;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelService.builder().apiKey("ak_test").build().start();
    cloud.device(Program.DEVICE).name("turbine-7");
    cloud.device(Program.OTHER_DEVICE).name("$(touch x)");
    Path key = Files.writeString(folder.resolve("key"), "ak_test");
    file =
        Files.write(
            folder.resolve("config.yaml"),
            List.of(
                "devices: {pump-3: " + Program.OTHER_DEVICE + "}",
                "cloud-uri: wss://cloud.invalid",
                "api-key-file: " + key,
                "profiles:",
                "  other: {cloud-uri: '" + cloud.uri() + "'}"));
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  /** Returns the names that the program prints, which must succeed and write no error. */
  private List<String> names() {
    Program program = program().run("completion", "names", "devices", "--profile=other");
    assertThat(program.errors()).isEmpty();
    assertThat(program.exitCode()).isZero();
    return program.output().lines().toList();
  }

  private Program program() {
    return new Program()
        .variable("XDG_CACHE_HOME", folder.toString())
        .variable("TUNNEL_CONFIG", file.toString());
  }

  @Test
  void listOfDevicesFillsCache() {
    assertThat(program().run("devices", "--profile=other").exitCode()).isZero();

    assertThat(names()).containsExactly("pump-3", "turbine-7");
    assertThat(names()).containsExactly("pump-3", "turbine-7");
    assertThat(cloud.directory().requests()).hasSize(1);
  }

  @Test
  void filteredListDoesNotFillCache() {
    Program program = program().run("devices", "--profile=other", "--name=turbine-7");
    assertThat(program.exitCode()).isZero();
    cloud.directory().onEveryRequest(Fault.reject(403));

    assertThat(names()).containsExactly("pump-3");
  }

  @Test
  void rejectedRequestIsNotRepeated() {
    cloud.directory().onEveryRequest(Fault.reject(403));

    // The wait may end before the answer arrives.
    Await.until(
        "names without a request",
        () -> {
          int before = cloud.directory().requests().size();
          assertThat(names()).containsExactly("pump-3");
          return cloud.directory().requests().size() == before;
        });
  }

  @Test
  void doesNotWaitForSlowDirectory() {
    cloud.directory().onEveryRequest(Fault.hang());

    assertThat(names()).containsExactly("pump-3");
  }
}
