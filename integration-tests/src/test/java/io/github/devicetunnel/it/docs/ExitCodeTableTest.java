package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Secrets;
import io.github.devicetunnel.testing.Fault;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exit codes of the packaged program, each with a reason in one or two lines. {@link
 * ListenProgramTest} tests the codes of signals. Exit code 1 is not tested, because it means a bug.
 */
@DisabledOnOs(OS.WINDOWS)
final class ExitCodeTableTest {
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

  private static void assertExitsWith(int exitCode, ProgramRun.Builder program) throws Exception {
    ProgramRun.Outcome outcome = program.run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
    if (exitCode != 0) {
      assertThat(outcome.err()).startsWith("tunnel: ");
      assertThat(outcome.err().lines()).as(outcome.err()).hasSizeBetween(1, 2);
    }
  }

  @Test
  void passedCheckExitsWithZero() throws Exception {
    assertExitsWith(0, bench.program("check"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--lisen-uri=:0", "--device=017b", "--api-key-file=/no/key"})
  void usageErrorExitsWithTwo(String option) throws Exception {
    assertExitsWith(2, bench.program(option));
    assertThat(bench.cloud().service().requestCount()).isZero();
  }

  @Test
  void addressInUseExitsWithThree() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertExitsWith(3, bench.program("--listen-uri=:" + taken.getLocalPort()));
    }
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 5", "429, 7", "503, 7", "302, 7"})
  void rejectionExitsWithFourFiveOrSeven(int status, int exitCode) throws Exception {
    bench.cloud().service().faults().onEveryConnect(Fault.reject(status));
    assertExitsWith(exitCode, bench.stdio(bench.cloud()));
  }

  @Test
  void expiredTokenExitsWithFour() throws Exception {
    assertExitsWith(
        4,
        bench
            .program("listen", "--listen-uri=:0", "--application-id=app1")
            .variable("TUNNEL_API_KEY", Jwts.expired(Secrets.WORD)));
  }

  @Test
  void unreachableCloudExitsWithSix() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      assertExitsWith(6, bench.stdio(bench.cloud(), "--cloud-uri=ws://" + port.serviceAddress()));
    }
    assertExitsWith(6, bench.stdio(bench.cloud(), "--cloud-uri=wss://cloud.invalid"));
  }

  @Test
  void unreadableTrustStoreExitsWithSix() throws Exception {
    Path garbage = bench.file("garbage", "no trust store");
    ProgramRun.Outcome outcome =
        bench
            .stdio(bench.cloud(), "--cloud-uri=wss://localhost:1")
            .variable("TUNNEL_JAVA_OPTS", "-Djavax.net.ssl.trustStore=" + garbage)
            .run();
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(6);
    assertThat(outcome.err())
        .startsWith("tunnel: ")
        .doesNotContain("unexpected failure")
        .contains("trust");
  }

  @Test
  void nonWebsocketAnswerExitsWithSeven() throws Exception {
    try (ScriptedCloud web = ScriptedCloud.answering("HTTP/1.1 200 OK", "a page")) {
      assertExitsWith(7, bench.stdio(web));
    }
  }

  @Test
  void failedTunnelExitsWithEight() throws Exception {
    bench.cloud().service().faults().onNextConnect(Fault.close(1011, "no"));
    assertExitsWith(8, bench.stdio(bench.cloud()));
  }
}
