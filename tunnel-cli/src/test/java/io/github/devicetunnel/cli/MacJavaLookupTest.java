package io.github.devicetunnel.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks how the launcher finds Java on macOS, with its paths redirected to a folder. */
@DisabledOnOs(OS.WINDOWS)
class MacJavaLookupTest {
  @TempDir private Path folder;
  private Path launcher;

  @BeforeEach
  void redirectPaths() throws IOException {
    String text = Files.readString(Path.of("src/main/dist/bin/tunnel"));
    assertThat(text).contains("/usr/bin/java ", "/usr/libexec/java_home");
    launcher =
        Files.writeString(
            folder.resolve("tunnel"),
            text.replace("/usr/bin/java ", folder.resolve("usr/java") + " ")
                .replace("/usr/libexec/java_home", folder.resolve("java_home").toString()));
    program("usr/java", "echo 'the stub started' >&2; echo 'openjdk version \"11.0.1\"' >&2");
  }

  @Test
  void readsVersionOfJavaHomeWithoutStartingJava() throws Exception {
    Path home = folder.resolve("jdk 17");
    program("jdk 17/bin/java", "echo 'Java started' >&2");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    program("java_home", "echo '" + home + "'");

    assertThat(findJava()).isEqualTo("0 ");
  }

  @Test
  void startsStubIfJavaHomeFindsNoJava() throws Exception {
    program("java_home", "echo 'Unable to locate a Java Runtime.' >&2; exit 1");

    assertThat(findJava()).isEqualTo("1 " + tooOld());
  }

  @Test
  void startsStubWithoutJavaHome() throws Exception {
    assertThat(findJava()).isEqualTo("1 " + tooOld());
  }

  private String tooOld() {
    return "tunnel: Java 17 or later is required, but "
        + folder.resolve("usr/java")
        + " is version 11.0.1; set JAVA_HOME\n";
  }

  private void program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Returns the exit code and the output. */
  private String findJava() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", launcher.toString());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("TUNNEL_LAUNCHER_TASK", "check-java");
    builder.environment().merge("PATH", folder.resolve("usr") + ":", (path, usr) -> usr + path);
    TestProcess process = TestProcess.start(builder.redirectErrorStream(true));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return process.awaitExit() + " " + output;
  }
}
