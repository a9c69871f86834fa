package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.jwt.SigningAlgorithm;
import io.github.devicetunnel.testing.TestKeyPair;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command of the packaged program. {@code listen} and {@code stdio} are tested with their
 * options, {@code completion} by {@link PackagedDocumentsTest}.
 */
@DisabledOnOs(OS.WINDOWS)
final class CommandTableTest {
  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;
  private ProgramBench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new ProgramBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void execRunsProgramWithListener() throws Exception {
    ProgramRun.Outcome outcome =
        bench
            .program(
                "exec",
                "--",
                "sh",
                "-c",
                "echo $1 $2 $TUNNEL_HOST $TUNNEL_PORT",
                "sh",
                "{host}",
                "{port}")
            .run();
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).matches("127.0.0.1 (\\d+) 127.0.0.1 \\1\n");
    assertThat(outcome.err()).startsWith("Listening on 127.0.0.1:");
  }

  @ParameterizedTest
  @CsvSource({"exit 7, 7", "kill -TERM $$, 143", "kill -TERM $PPID; exec sleep 20, 143"})
  void execForwardsSignalsAndReturnsProgramExitCode(String script, int exitCode) throws Exception {
    ProgramRun.Outcome outcome = bench.program("exec", "--", "sh", "-c", script).run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
  }

  @Test
  void execReportsProgramThatCannotRun() throws Exception {
    assertThat(bench.program("exec", "--", "/no/program").run().exitCode()).isEqualTo(127);
    String file = bench.file("file", "text").toString();
    assertThat(bench.program("exec", "--", file).run().exitCode()).isEqualTo(126);
  }

  @Test
  void checkReportsEachStep() throws Exception {
    assertThat(bench.program("check").succeed().lines())
        .extracting(line -> line.substring(0, 20).strip().replaceAll(" +", " "))
        .containsExactly(
            "settings ok",
            "credential ok",
            "dns skipped",
            "tcp ok",
            "tls skipped",
            "upgrade ok",
            "ping ok");
  }

  @Test
  void jwtInspectReadsCreatedToken() throws Exception {
    TestKeyPair.generate(SigningAlgorithm.ES256).writeTo(folder);
    String key = folder.resolve("private.key").toString();
    String token =
        bench
            .program(
                "jwt",
                "create",
                "--private-key",
                key,
                "--device=" + Cloud.DEVICE,
                "--service=10.0.0.1:22",
                "--algorithm=ES256",
                "--expires-in=10m")
            .succeed();
    assertThat(token).matches("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+\n");

    Path input = bench.file("token", token);
    for (ProgramRun.Builder inspect :
        List.of(
            bench.program("jwt", "inspect").input(input),
            bench.program("jwt", "inspect", token.strip()))) {
      assertThat(inspect.succeed())
          .startsWith("algorithm  ES256\n")
          .contains("device     " + Cloud.DEVICE, "ip         10.0.0.1", "port       22")
          .doesNotContain(token.strip().substring(token.lastIndexOf('.') + 1));
    }
  }

  @Test
  void cloudAcceptsTokenAfterVerificationKeyUpload() throws Exception {
    TestKeyPair.generate(SigningAlgorithm.ES256).writeTo(folder);
    TestingCloud cloud =
        TestingCloud.started(
            TestingCloud.builder().administratorKey("ak_administrator").applicationWithKeys("app"));
    try (cloud) {
      String name = "--name=test";
      String certificate = "--certificate=" + folder.resolve("public.crt");
      bench
          .program(cloud, "verification-key", "upload", "--application-id=app", name, certificate)
          .variable("TUNNEL_API_KEY", "ak_administrator")
          .succeed();
      String key = "--jwt-private-key=" + folder.resolve("private.key");
      bench.succeedAt(cloud, key, "--application-id=app");
    }
  }

  @Test
  void demoOnceRunsAndExits() throws Exception {
    assertThat(bench.program("demo", "--once").succeed()).contains("<", "tunnel");
  }
}
