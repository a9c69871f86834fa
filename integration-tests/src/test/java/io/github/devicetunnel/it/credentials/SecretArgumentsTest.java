package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that secrets do not appear among the arguments of a process, which every user of the
 * machine can read.
 */
@EnabledOnOs(OS.LINUX)
final class SecretArgumentsTest {
  @TempDir Path folder;

  /** The launcher passes an argument with a secret to Java in the environment. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--api-key 5ecret",
        "-api-key 5ecret",
        "--api-key=5ecret",
        "-api-key=5ecret",
        "--api-kye=ak_5ecret",
        "stdio --header X-Token=5ecret",
        "--header=X-Token=5ecret",
        "--proxy http://plant:5ecret@proxy:3128",
        "check --proxy=plant:5ecret@proxy:3128",
        "--cloud-uri wss://plant:5ecret@cloud",
        "jwt inspect 5ecret",
        "jwt inspect -- eyJhbGciOiJSUzI1NiJ9.e30.5ecret",
        "exec -- curl --header 5ecret",
      })
  void launcherHidesSecretsFromArgumentsOfJava(String line) throws Exception {
    String[] arguments = line.split(" ");
    Path home = Files.createDirectories(folder.resolve("java/bin")).getParent();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\nenv >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    try (ProgramBench bench = new ProgramBench(folder)) {
      ProgramRun.Outcome started =
          bench
              .program(arguments)
              .variable("JAVA_HOME", home.toString())
              .variable("TUNNEL_CLASS_ARCHIVE", "off")
              .run();
      assertThat(started.exitCode()).isZero();
      assertThat(started.out()).contains("cli.Main ", "***").doesNotContain(Secrets.WORD);
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i].contains(Secrets.WORD)) {
          assertThat(started.err()).contains("TUNNEL_ARGUMENT_" + (i + 1) + "=" + arguments[i]);
        }
      }
    }
  }

  @Test
  void execUsesSecretsAndHidesThemFromProgram() throws Exception {
    try (ProgramBench bench = new ProgramBench(folder)) {
      String script = "env; tr '\\0' ' ' </proc/$PPID/cmdline; printf '<%s>' \"$@\"";
      List<String> arguments =
          new ArrayList<>(
              List.of("exec", "--api-key", "ak_5ecret", "--header=X-Token=5ecret", "--"));
      arguments.addAll(List.of("sh", "-c", script, "sh"));
      List<String> programArguments =
          List.of("", " a  b ", "***", "x\ny\n", "--api-key=1", "-api-key", "2", "ak_3", "$HOME*");
      arguments.addAll(programArguments);

      ProgramRun.Outcome outcome =
          bench
              .program(arguments.toArray(String[]::new))
              .variable("TUNNEL_API_KEY", "")
              // Left over from another process.
              .variable("TUNNEL_ARGUMENT_1", "demo")
              .variable("TUNNEL_ARGUMENT_99", "5ecret")
              .run();

      assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
      assertThat(outcome.out())
          .contains("cli.Main exec --api-key *** --header=*** -- sh")
          .doesNotContain("TUNNEL_ARGUMENT")
          .doesNotContain(Secrets.WORD)
          .endsWith("<" + String.join("><", programArguments) + ">");
      assertThat(outcome.err())
          .containsOnlyOnce("--api-key exposes the key to other users")
          .doesNotContain(Secrets.WORD);
    }
  }
}
