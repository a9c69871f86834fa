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

/** Identifies the proxy in use by the error that the proxy cannot be reached. */
class ProxyTest {
  private final Socket unused = new Socket();

  @BeforeEach
  void bind() throws Exception {
    unused.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws Exception {
    unused.close();
  }

  private String proxy() {
    return "127.0.0.1:" + unused.getLocalPort();
  }

  private String errorLine(Program program, String... args) throws Exception {
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
  void usesProxyOfEnvironment() throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", "http://user:p%40ss@" + proxy());

    assertThat(errorLine(program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0"))
        .contains("wss://cloud.invalid/ could not be reached: the proxy " + proxy() + " could not")
        .doesNotContain("p%40ss", "p@ss");
  }

  @Test
  void optionOverridesEnvironmentEvenForThisMachine() throws Exception {
    Program program = new Program().variable("HTTP_PROXY", "http://proxy.invalid:1");

    assertThat(
            errorLine(
                program,
                "--cloud-uri=ws://127.0.0.1:1",
                "--listen-uri=:0",
                "--proxy=socks5://" + proxy()))
        .contains("could not be reached: the proxy " + proxy() + " could not be reached");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "direct", "direct://", "NONE", ""})
  void noneOverridesEnvironment(String none) throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", "http://" + proxy());

    assertThat(
            errorLine(
                program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0", "--proxy=" + none))
        .contains("wss://cloud.invalid/ could not be reached: ")
        .contains("while resolving cloud.invalid;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "''", "\"direct\""})
  void noneInFileOverridesEnvironment(String none, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("t.yaml"), "proxy: " + none + "\n");
    Program program = new Program().variable("ALL_PROXY", "http://" + proxy());

    assertThat(
            errorLine(
                program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0", "--config=" + file))
        .contains("while resolving cloud.invalid;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "Direct", ""})
  void noneInEnvironmentDisablesProxy(String none) throws Exception {
    Program program = new Program().variable("HTTPS_PROXY", none);
    if (!none.isEmpty()) {
      program.variable("ALL_PROXY", "http://" + proxy());
    }

    assertThat(errorLine(program, "--cloud-uri=wss://cloud.invalid", "--listen-uri=:0"))
        .contains("while resolving cloud.invalid;");
  }

  @Test
  void sendsHeadersWithoutProxyToThisMachine() throws Exception {
    try (TunnelService cloud = TunnelService.builder().apiKey("ak_test").build().start()) {
      Program program = new Program().variable("ALL_PROXY", "http://" + proxy());

      String errorLine =
          errorLine(program, "--cloud-uri=" + cloud.uri(), "--listen-uri=:0", "--header=X-A=b=c");

      assertThat(errorLine).contains("404");
      assertThat(cloud.takeUpgrade(Await.LONG).header("X-A")).isEqualTo("b=c");
    }
  }
}
