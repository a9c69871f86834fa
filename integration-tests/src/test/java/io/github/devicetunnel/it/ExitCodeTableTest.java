package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

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
 * What the packaged program ends with, and that it says why in a line or two. The codes of signals
 * are tested by {@link ListenProgramTest}; for 1 there would have to be a bug.
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

  private static void assertEndsWith(int exitCode, Program.Builder program) throws Exception {
    Program.Outcome outcome = program.run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
    if (exitCode != 0) {
      assertThat(outcome.err()).startsWith("tunnel: ");
      assertThat(outcome.err().lines()).as(outcome.err()).hasSizeBetween(1, 2);
    }
  }

  @Test
  void zeroForACheckThatPassed() throws Exception {
    assertEndsWith(0, bench.program("check"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--lisen-uri=:0", "--device=017b", "--api-key-file=/no/key"})
  void twoForUsage(String option) throws Exception {
    assertEndsWith(2, bench.program(option));
    assertThat(bench.cloud().service().requestCount()).isZero();
  }

  @Test
  void threeForAnAddressInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertEndsWith(3, bench.program("--listen-uri=:" + taken.getLocalPort()));
    }
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 5", "429, 7", "503, 7", "302, 7"})
  void fourFiveAndSevenForRefusals(int status, int exitCode) throws Exception {
    bench.cloud().service().faults().onEveryConnect(Fault.refuse(status));
    assertEndsWith(exitCode, bench.stdio(bench.cloud()));
  }

  @Test
  void fourForATokenThatHasExpired() throws Exception {
    assertEndsWith(
        4,
        bench
            .program("listen", "--listen-uri=:0", "--application-id=app1")
            .variable("TUNNEL_API_KEY", Jwts.expired(Secrets.WORD)));
  }

  @Test
  void sixForACloudThatIsNotReached() throws Exception {
    try (RefusingPort nobody = new RefusingPort()) {
      assertEndsWith(6, bench.stdio(bench.cloud(), "--cloud-uri=ws://" + nobody.serviceAddress()));
    }
    assertEndsWith(6, bench.stdio(bench.cloud(), "--cloud-uri=wss://cloud.invalid"));
  }

  @Test
  void sixForATrustStoreThatCannotBeRead() throws Exception {
    Path garbage = bench.file("garbage", "no trust store");
    Program.Outcome outcome =
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
  void sevenForWhatIsNoWebsocket() throws Exception {
    try (RawCloud web = RawCloud.answering("HTTP/1.1 200 OK", "a page")) {
      assertEndsWith(7, bench.stdio(web));
    }
  }

  @Test
  void eightForATunnelThatWasCut() throws Exception {
    bench.cloud().service().faults().onNextConnect(Fault.close(1011, "no"));
    assertEndsWith(8, bench.stdio(bench.cloud()));
  }
}
