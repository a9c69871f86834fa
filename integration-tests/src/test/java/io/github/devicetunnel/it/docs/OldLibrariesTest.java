package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests class paths with a library that is older than the version of this build. */
final class OldLibrariesTest {
  private static final Path OLD =
      Path.of(System.getProperty("tunnel.root"), "integration-tests/target/old-libraries");

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir Path folder;

  /**
   * Returns a class path with the old jar in place of the current jars. Maven selects one version
   * of an artifact, but okhttp and okhttp-jvm are separate artifacts.
   */
  private static String classPath(String jar) throws IOException {
    String artifact = jar.replaceFirst("\\d.*", "");
    try (Stream<Path> jars = Files.list(PackagedProgram.HOME.resolve("lib"))) {
      return Stream.concat(
              Stream.of(OLD.resolve(jar)),
              jars.filter(other -> !other.getFileName().toString().startsWith(artifact)))
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  private ProgramRun.Builder programWith(String jar, String... arguments) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new ArrayList<>(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(jar),
                "io.github.devicetunnel.cli.Main"));
    command.addAll(List.of(arguments));
    return ProgramRun.in(folder, command);
  }

  /** No cloud listens on port 1: the program fails before it dials. */
  @ParameterizedTest
  @CsvSource({
    "okhttp-3.14.9.jar, com.squareup.okhttp3:okhttp and okhttp-jvm to version 5.4.0",
    "okhttp-4.12.0.jar, com.squareup.okhttp3:okhttp and okhttp-jvm to version 5.4.0",
    "okio-jvm-3.6.0.jar, com.squareup.okio:okio and okio-jvm to version 3.17.0",
    "kotlin-stdlib-1.6.21.jar, org.jetbrains.kotlin:kotlin-stdlib to version 2.1.21",
    "kotlin-stdlib-1.7.22.jar, org.jetbrains.kotlin:kotlin-stdlib to version 2.1.21",
  })
  void rejectsOldLibraryBeforeDialing(String jar, String advice) throws Exception {
    ProgramRun.Outcome outcome =
        programWith(jar, "check")
            .variable("TUNNEL_CLOUD_URI", "ws://127.0.0.1:1")
            .variable("TUNNEL_DEVICE", Cloud.DEVICE)
            .variable("TUNNEL_SERVICE", "127.0.0.1:80")
            .variable("TUNNEL_API_KEY", Cloud.KEY)
            .run();

    assertThat(outcome.err()).contains("the class path has ", jar, "too old", advice);
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(2);
  }

  /** The version that Spring Boot 3.2 to 3.5 select, among others. */
  @Test
  void acceptsKotlin19() throws Exception {
    assertThat(programWith("kotlin-stdlib-1.9.25.jar", "demo", "--once").succeed())
        .contains("This page came through the tunnel.");
  }
}
