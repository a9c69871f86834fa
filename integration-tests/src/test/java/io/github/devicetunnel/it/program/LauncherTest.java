package io.github.devicetunnel.it.program;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Hangup;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The start script in environments with unusual settings. */
@EnabledOnOs(OS.LINUX)
final class LauncherTest {
  private static final String VERSION = "tunnel " + System.getProperty("tunnel.version") + ",";

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;
  private ProgramBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new ProgramBench(folder);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** Runs a script as the program of {@code exec}, whose parent is the process of the tunnel. */
  private ProgramRun.Builder exec(String script, String... arguments) {
    String[] all =
        Stream.of(new String[] {"exec", "--", "sh", "-c", script, "sh"}, arguments)
            .flatMap(Stream::of)
            .toArray(String[]::new);
    return bench.program(all);
  }

  private Path copyInstallation(String name) throws Exception {
    Path copy = folder.resolve(name);
    ProgramRun.in(folder, "cp", "-a", PackagedProgram.HOME.toString(), copy.toString()).succeed();
    return copy.resolve("bin/tunnel");
  }

  private ProgramRun.Builder version(Path launcher) {
    return ProgramRun.in(folder, launcher.toString(), "--version")
        .variable("JAVA_HOME", System.getProperty("java.home"));
  }

  @ParameterizedTest
  @CsvSource({
    "JAVA_TOOL_OPTIONS, -XX:+UseG1GC",
    "JDK_JAVA_OPTIONS, -XX:+UseG1GC",
    "TUNNEL_JAVA_OPTS, -XX:+UseG1GC",
    "TUNNEL_JAVA_OPTS, -XX:+UseZGC",
    "JDK_JAVA_OPTIONS, -XX:+UseParallelGC",
    "TUNNEL_JAVA_OPTS, -XX:-UseSerialGC",
    "TUNNEL_JAVA_OPTS, -Xmx6m",
    "JAVA_TOOL_OPTIONS, -XX:InitialRAMPercentage=1",
    "TUNNEL_JAVA_OPTS, -XX:StackShadowPages=20",
  })
  void userJavaOptionOverridesDefault(String variable, String option) throws Exception {
    Outcome outcome = version(PackagedProgram.LAUNCHER).variable(variable, option).run();

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.out()).startsWith(VERSION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "TUNNEL_JAVA_OPTS"})
  void userGcLogIsWritten(String variable) throws Exception {
    Path log = folder.resolve("gc.log");

    version(PackagedProgram.LAUNCHER).variable(variable, "-Xlog:gc*:file=" + log).succeed();

    assertThat(log).content().contains("Using Serial");
  }

  @Test
  void threadDumpGoesToStandardError() throws Exception {
    String script =
        "errors=$(readlink /proc/$PPID/fd/2); kill -QUIT $PPID;"
            + " until grep -q 'JNI global' \"$errors\"; do sleep 0.05; done; echo word";

    Outcome outcome = exec(script).run();

    assertThat(outcome.out()).as(outcome.err()).isEqualTo("word\n");
    assertThat(outcome.err()).contains("Full thread dump");
  }

  @Test
  void javaStartFailureLeavesStandardOutputEmpty() throws Exception {
    Outcome outcome =
        version(PackagedProgram.LAUNCHER).variable("TUNNEL_JAVA_OPTS", "-Xss1k").run();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("stack size");
  }

  /**
   * Standard output is not checked, because no Java option keeps the first lines of the crash
   * report from it.
   */
  @Test
  void crashWritesNoFile() throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    String script = "cd /; kill -SEGV $PPID";
    Outcome outcome =
        ProgramRun.in(
                folder,
                "sh",
                "-c",
                "cd work && ulimit -c unlimited && exec \"$@\"",
                "sh",
                PackagedProgram.LAUNCHER.toString(),
                "exec",
                "--",
                "sh",
                "-c",
                script)
            .variable("TUNNEL_SERVICE", ProgramBench.SERVICE)
            .variable("JAVA_HOME", System.getProperty("java.home"))
            .variable("TUNNEL_CLOUD_URI", bench.cloud().uri())
            .variable("TUNNEL_DEVICE", Cloud.DEVICE)
            .variable("TUNNEL_API_KEY", Cloud.KEY)
            .run();

    // Without a core file Java 17 exits with 1, Java 25 still with SIGABRT.
    assertThat(outcome.exitCode()).as(outcome.toString()).isIn(1, 134);
    assertThat(outcome.err()).contains("SIGSEGV").doesNotContain(Cloud.KEY);
    assertThat(work).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--add-opens=java.base/java.lang=ALL-UNNAMED", "-XX:-UseCompressedOops"})
  @EnabledForJreRange(min = JRE.JAVA_25)
  void optionsThatDisableCdsArchiveAreSilent(String option) throws Exception {
    Outcome outcome = version(PackagedProgram.LAUNCHER).variable("TUNNEL_JAVA_OPTS", option).run();

    assertThat(outcome.out()).startsWith(VERSION);
    assertThat(outcome.err()).isEmpty();
  }

  /**
   * Covers the locales of cron, systemd and container images. The names are UTF-8 bytes, whatever
   * this JVM's locale.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "C", "POSIX"})
  void nonAsciiNamesWorkInAnyLocale(String locale) throws Exception {
    Path script = folder.resolve("script");
    // The shell creates the names, because this JVM may not have a UTF-8 locale either.
    Files.writeString(
        script,
        """
        name=$(printf 'gr\\303\\274\\303\\237e-\\342\\202\\254')
        cp -a "$1" "$name" && printf '%s' "$TUNNEL_API_KEY" >"key-$name" && unset TUNNEL_API_KEY
        exec "$name/bin/tunnel" exec --api-key-file "key-$name" -- \\
          sh -c 'printf "%s %s" "$1" "${LC_ALL-none}"' sh "$name"
        """,
        UTF_8);
    Outcome outcome =
        PackagedProgram.withSettings(
                ProgramRun.in(folder, "sh", script.toString(), PackagedProgram.HOME.toString()),
                bench.cloud())
            .variable("TUNNEL_SERVICE", ProgramBench.SERVICE)
            .variable("LC_ALL", locale)
            .run();

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    String expected = "gr\u00fc\u00dfe-\u20ac " + (locale.isEmpty() ? "none" : locale);
    assertThat(outcome.out().getBytes(ISO_8859_1)).isEqualTo(expected.getBytes(UTF_8));
  }

  /** A shell does not expand the tilde there, and values from files have line ends. */
  @Test
  void valuesAcceptTildeAndTrailingLineEnds() throws Exception {
    bench.file("key", Cloud.KEY + "\r\n");

    Outcome outcome =
        bench
            .program("exec", "--api-key-file=~/key", "--", "true")
            .variable("TUNNEL_API_KEY", "")
            .variable("TUNNEL_CLOUD_URI", bench.cloud().uri() + "\r\n")
            .run();

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
  }

  @Test
  void rejectsColonInInstallPath() throws Exception {
    Outcome outcome = version(copyInstallation("a:b")).run();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains("a:b contains a colon").contains("move it");
  }

  @Test
  void cdsArchiveIsFoundInAnyTimeZone() throws Exception {
    for (String zone : new String[] {"UTC", "Asia/Tokyo"}) {
      String arguments = exec("tr '\\0' ' ' </proc/$PPID/cmdline").variable("TZ", zone).succeed();

      assertThat(arguments).contains("=" + PackagedProgram.HOME.resolve("archives"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "USR1", "USR2"})
  void signalsReachProgram(String signal) throws Exception {
    if (signal.equals("HUP")) {
      Hangup.assumeNotIgnored();
    }
    String script =
        "trap 'echo got it; exit 3' "
            + signal
            + "; kill -"
            + signal
            + " $PPID;"
            + " while :; do sleep 0.05; done";

    Outcome outcome = exec(script).run();

    assertThat(outcome.out()).as(outcome.err()).isEqualTo("got it\n");
    assertThat(outcome.exitCode()).isEqualTo(3);
  }

  /** The close reason must be printed even if the program exits as soon as its connection fails. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void closeReasonIsPrintedWhenProgramExitsAtOnce(int ignored) throws Exception {
    String script = "exec curl -sS \"http://$TUNNEL_HOST:$TUNNEL_PORT/\"";

    Outcome outcome = exec(script).variable("TUNNEL_API_KEY", "ak_wrong").run();

    assertThat(outcome.exitCode()).as(outcome.toString()).isNotZero();
    assertThat(outcome.err()).contains("ended: ", "401");
  }
}
