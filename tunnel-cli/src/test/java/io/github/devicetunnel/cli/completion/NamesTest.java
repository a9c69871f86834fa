package io.github.devicetunnel.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the names that the program prints for completion scripts. */
class NamesTest {
  private static final String HOSTILE = "$(touch x)`touch x`;touch x\\n'touch x'";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void writeBook() throws IOException {
    file = folder.resolve("tunnel.yaml");
    write(
        "devices:",
        "  turbine-7: " + Program.DEVICE,
        "  pump-3:",
        "    id: " + Program.OTHER_DEVICE,
        "    services: {scada: '10.0.0.5:22', ssh: '10.0.0.5:22'}",
        "services: {web: '127.0.0.1:80', SSH: '127.0.0.1:22'}",
        "profiles:",
        "  plant.b_2: {}",
        "  plant-a: {drain-timeout: 1s}");
  }

  private void write(String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  private String names(String... arguments) {
    return names(new Program(), arguments);
  }

  /** Returns the names that the program prints, which must succeed and write no error. */
  private static String names(Program program, String... arguments) {
    List<String> all = new ArrayList<>(List.of("completion", "names"));
    all.addAll(List.of(arguments));
    program.run(all.toArray(String[]::new));
    assertThat(program.errors()).isEmpty();
    assertThat(program.exitCode()).isZero();
    return String.join(" ", program.output().lines().toList());
  }

  @ParameterizedTest
  @CsvSource({
    "devices, pump-3 turbine-7",
    "services, scada ssh web",
    "services turbine-7, ssh web",
    "services PUMP-3, scada ssh web",
    "services " + Program.OTHER_DEVICE + ", scada ssh web",
    "services unknown, ssh web",
    "profiles, plant-a plant.b_2",
  })
  void printsSortedNames(String arguments, String names) {
    assertThat(names((arguments + " --config " + file).split(" "))).isEqualTo(names);
  }

  @Test
  void findsConfigurationAsOtherCommands() throws IOException {
    String names = "pump-3 turbine-7";
    assertThat(names("--config=" + file, "--profile", "plant-a", "devices")).isEqualTo(names);
    assertThat(names(new Program().variable("TUNNEL_CONFIG", file.toString()), "devices"))
        .isEqualTo(names);
    Path usual = Files.createDirectories(folder.resolve("device-tunnel")).resolve("config.yaml");
    Files.move(file, usual);
    Program withUsual =
        new Program()
            .variable("XDG_CONFIG_HOME", folder.toString())
            .variable("TUNNEL_PROFILE", "unknown");
    assertThat(names(withUsual, "devices")).isEqualTo(names);
  }

  @Test
  void optionsOfConfigurationDoNotMatter() throws IOException {
    write("unknown-option: 1", "ping-duration: []", "devices: {pump: " + Program.DEVICE + "}");
    assertThat(names("devices", "--config", file.toString())).isEqualTo("pump");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "devices",
        "unknown",
        "--unknown",
        "devices --config",
        "devices --config= ",
        "devices --config /no/file",
        "devices --config=\0",
        "profiles --config .",
      })
  void printsNothingWithoutConfiguration(String arguments) {
    assertThat(names(arguments.split(" "))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "devices: [",
        "devices: pump",
        "devices: {pump: 12}",
        "profiles: plant-a",
        "[[[",
        "\t- x",
        "devices: {'" + "$(touch x)" + "': " + Program.DEVICE + "}",
        "devices: {\"" + HOSTILE + "\": " + Program.DEVICE + "}",
        "services: {\"" + HOSTILE + "\": '127.0.0.1:80'}",
      })
  void printsNothingForInvalidConfiguration(String text) throws IOException {
    write(text);
    for (String kind : List.of("devices", "services", "profiles")) {
      assertThat(names(kind, "--config", file.toString())).isEmpty();
    }
  }

  @Test
  void printsOnlyPlainNamesOfProfiles() throws IOException {
    write(
        "profiles:",
        "  \"" + HOSTILE + "\": {}",
        "  \"two\\nlines\": {}",
        "  \"two words\": {}",
        "  'a\"b': {}",
        "  plánt: {}",
        "  '': {}",
        "  plain: {}");
    assertThat(names("profiles", "--config", file.toString())).isEqualTo("plain");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void printsNothingForConfigurationThatOthersCanChange() throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(names("devices", "--config", file.toString())).isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void doesNotWaitForPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor())
        .isZero();
    assertThat(names("devices", "--config", pipe.toString())).isEmpty();
  }

  @Test
  void helpAndManualPageDoNotShowCommand() {
    assertThat(new Program().run("completion", "--help").output()).doesNotContain("names  ");
    assertThat(new Program().run("man-page").output())
        .contains("tunnel completion")
        .doesNotContain("completion names");
  }
}
