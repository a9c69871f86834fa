package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy is used, as seen by the complaint that nobody is there. */
class ProxyTest {
  private final Socket nobody = new Socket();

  @BeforeEach
  void bind() throws Exception {
    nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws Exception {
    nobody.close();
  }

  private String proxy() {
    return "127.0.0.1:" + nobody.getLocalPort();
  }

  private String complaint(Program program, String... args) throws Exception {
    try (program;
        Socket socket = new Socket()) {
      program
          .variable("TUNNEL_DEVICE", Program.DEVICE)
          .variable("TUNNEL_SERVICE", "127.0.0.1:80")
          .variable("TUNNEL_API_KEY", "ak_test")
          .start(args);
      socket.connect(program.awaitListening());
      return program.nextErrorLine();
    }
  }

  @Test
  void fromTheEnvironment() throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", "http://user:p%40ss@" + proxy());

    assertThat(complaint(program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0"))
        .contains("wss://cloud.invalid/ could not be reached: the proxy " + proxy() + " could not")
        .doesNotContain("p%40ss", "p@ss");
  }

  @Test
  void theOptionBeatsTheEnvironmentAndHoldsForThisMachineToo() throws Exception {
    Program program = new Program().variable("HTTP_PROXY", "http://proxy.invalid:1");

    assertThat(
            complaint(
                program,
                "--cloud-uri=ws://127.0.0.1:1",
                "--listen-uri=:0",
                "--proxy=socks5://" + proxy()))
        .contains("could not be reached: the proxy " + proxy() + " could not be reached");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "direct", "direct://", "NONE", ""})
  void noProxyBeatsTheEnvironment(String none) throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", "http://" + proxy());

    assertThat(
            complaint(
                program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0", "--proxy=" + none))
        .contains("wss://cloud.invalid/ could not be reached: ")
        .contains("while looking up cloud.invalid;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "''", "\"direct\""})
  void noProxyInAFileBeatsTheEnvironment(String none, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("t.yaml"), "proxy: " + none + "\n");
    Program program = new Program().variable("ALL_PROXY", "http://" + proxy());

    assertThat(
            complaint(
                program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0", "--config=" + file))
        .contains("while looking up cloud.invalid;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "Direct", ""})
  void noProxyInTheEnvironment(String none) throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", none);
    if (!none.isEmpty()) {
      program.variable("ALL_PROXY", "http://" + proxy());
    }

    assertThat(complaint(program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0"))
        .contains("while looking up cloud.invalid;");
  }

  @Test
  void notForThisMachineFromTheEnvironmentAndHeadersAreSent() throws Exception {
    try (TunnelService cloud = TunnelService.builder().apiKey("ak_test").build().start()) {
      Program program = new Program().variable("ALL_PROXY", "http://" + proxy());

      String complaint =
          complaint(program, "--cloud-uri=" + cloud.uri(), "--listen-uri=:0", "--header=X-A=b=c");

      assertThat(complaint).contains("404");
      assertThat(cloud.takeUpgrade(Await.LONG).header("X-A")).isEqualTo("b=c");
    }
  }
}
