package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the manual page, the completion and the licences that are packaged with the program. */
final class PackagedDocumentsTest {
  private static final Path SHARE = PackagedProgram.HOME.resolve("share");
  private static final Path COMPLETION = SHARE.resolve("bash-completion/completions/tunnel");

  @TempDir Path folder;
  private TestingCloud cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TestingCloud.started();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void manualPageIsValidRoff() throws Exception {
    String page = SHARE.resolve("man/man1/tunnel.1").toString();
    Outcome shown =
        ProgramRun.in(folder, Externals.program("groff"), "-man", "-Tascii", "-P-c", "-ww", page)
            .run();

    assertThat(shown.exitCode()).isZero();
    assertThat(shown.err()).isEmpty();
    assertThat(shown.out().replaceAll(".\b", ""))
        .contains("NAME", "tunnel stdio", "--half-close-timeout", "EXIT STATUS", "127.0.0.1:8181");
  }

  @Test
  void shellCompletesCommandsAndOptions() throws Exception {
    String script =
        """
        . '%s'
        complete -p tunnel
        complete_words() {
          COMP_WORDS=("$@")
          COMP_CWORD=$(($# - 1))
          COMP_LINE="$*"
          COMP_POINT=${#COMP_LINE}
          COMPREPLY=()
          _complete_tunnel
          echo "${COMPREPLY[@]}"
        }
        complete_words tunnel st
        complete_words tunnel stdio --half
        complete_words tunnel --listen
        complete_words tunnel verification-key up
        """
            .formatted(COMPLETION);
    String output = ProgramRun.in(folder, Externals.program("bash"), "-c", script).succeed();

    assertThat(output.lines().skip(1))
        .map(String::strip)
        .containsExactly("stdio", "--half-close-timeout", "--listen-uri", "upload");
    assertThat(output).startsWith("complete ").contains(" -F _complete_tunnel tunnel");
  }

  @Test
  void completionCommandPrintsPackagedScript() throws Exception {
    assertThat(PackagedProgram.in(folder, cloud, "completion", "bash").succeed())
        .isEqualTo(ProgramRun.text(COMPLETION));
    assertThat(PackagedProgram.in(folder, cloud, "completion", "zsh").succeed())
        .contains("bashcompinit");
    assertThat(PackagedProgram.in(folder, cloud, "completion", "fish").succeed())
        .isEqualTo(ProgramRun.text(SHARE.resolve("fish/vendor_completions.d/tunnel.fish")));
    assertThat(PackagedProgram.in(folder, cloud, "completion", "tcsh").run().exitCode())
        .isEqualTo(2);
  }

  @Test
  void noticesListEveryJar() throws Exception {
    String notices = ProgramRun.text(PackagedProgram.HOME.resolve("THIRD-PARTY.txt"));

    assertThat(PackagedProgram.HOME.resolve("LICENSE")).isRegularFile();
    try (Stream<Path> jars = Files.list(PackagedProgram.HOME.resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .filteredOn(jar -> !jar.startsWith("tunnel-"))
          .hasSizeGreaterThan(10)
          .allSatisfy(
              jar -> assertThat(notices).contains(":" + jar.replaceFirst("-\\d.*", "") + ":"));
    }
  }
}
