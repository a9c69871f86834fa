package io.github.devicetunnel.cli;

import static io.github.devicetunnel.cli.LocalClient.connect;
import static io.github.devicetunnel.cli.LocalClient.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.demo.DemoWebService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Opens tunnels through a local tunnelling service to a small web service. */
class ListenTest {
  @AutoClose private final WebCloud cloud = new WebCloud();

  @Test
  void acceptsFlagsOfOldClient() throws Exception {
    Program program =
        new Program()
            .start(
                "-listen-uri=127.0.0.1:0",
                "-cloud-uri=" + tunnelUrl(Program.DEVICE),
                "-api-key=" + WebCloud.KEY,
                "-application-id=",
                "-ping-duration=5");

    assertCarries(program);
    program.stop();

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors())
        .contains("Stopping; ", "Stopped; ")
        .doesNotContain("Exception", "\tat ");
  }

  @Test
  void acceptsFlagsOfOldClientWithSeparateValues() throws Exception {
    Program program =
        new Program()
            .start(
                "-listen-uri",
                ":0",
                "-cloud-uri",
                tunnelUrl(Program.DEVICE),
                "-api-key",
                WebCloud.KEY,
                "-ping-duration",
                "0");

    assertCarries(program);
    assertThat(program.stop().exitCode()).isEqualTo(0);
  }

  @Test
  void readsSettingsFromEnvironment() throws Exception {
    Program program = cloud.program().start("listen", "--listen-uri=:0");

    assertCarries(program);
    assertThat(program.stop().exitCode()).isEqualTo(0);
  }

  @Test
  void argumentsOverrideEnvironment() throws Exception {
    assertCarries(
        environment("wss://cloud.example", Program.OTHER_DEVICE)
            .start("--listen-uri=:0", "--cloud-uri", tunnelUrl(Program.DEVICE)));
    assertCarries(
        environment(tunnelUrl(Program.OTHER_DEVICE), Program.OTHER_DEVICE)
            .start("--listen-uri=:0", "--device", Program.DEVICE));
  }

  @Test
  void deviceOptionOverridesDeviceInUrl() throws Exception {
    assertCarries(
        cloud
            .program()
            .start(
                "--listen-uri=:0",
                "--cloud-uri=" + tunnelUrl(Program.OTHER_DEVICE),
                "--device=" + Program.DEVICE));
  }

  @Test
  void lastValueOfRepeatedOptionWins() throws Exception {
    assertCarries(cloud.program().start("--listen-uri=nonsense", "-listen-uri=127.0.0.1:0"));
  }

  @Test
  void reportsRejectionAndContinuesToListen() throws Exception {
    try (Program program =
        environment(cloud.uri(), Program.OTHER_DEVICE).start("--listen-uri=:0")) {
      InetSocketAddress local = program.awaitListening();
      for (int i = 0; i < 2; i++) {
        try (Socket socket = connect(local)) {
          assertThat(socket.getInputStream().readNBytes(1)).isEmpty();
        } catch (IOException reset) {
          assertThat(reset).hasMessageContaining("reset");
        }
        assertThat(program.nextErrorLine()).contains("404").doesNotContain(WebCloud.KEY);
      }
    }
  }

  @Test
  void drainsOpenConnections() throws Exception {
    Program program = cloud.program().start("--listen-uri=:0");
    try (Socket socket = connect(program.awaitListening())) {
      fetch(socket, "Connection: keep-alive\r\n");
      program.stop();
      assertThat(program.nextErrorLine()).startsWith("Stopping; ");
      fetch(socket, "Connection: close\r\n");
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).contains("Stopped; connections drained: 1, aborted: 0");
  }

  @Test
  void abortsConnectionsAfterDrainTimeout() throws Exception {
    Program program = cloud.program().start("--listen-uri=:0", "--drain-timeout=100ms");
    try (Socket socket = connect(program.awaitListening())) {
      fetch(socket, "Connection: keep-alive\r\n");
      program.stop();

      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.errors()).contains("Stopped; connections drained: 0, aborted: 1");
    }
  }

  @Test
  void stopsAtOnceWithoutConnections() throws Exception {
    Program program = cloud.program().run("--listen-uri=:0");

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).contains("Stopped; no connections were open");
  }

  @Test
  void reportsPortInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + other.getLocalPort();
      Program program = cloud.program().run("--listen-uri", address);

      assertThat(program.exitCode()).isEqualTo(3);
      assertThat(program.output()).isEmpty();
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: cannot listen on " + address + ": the port is in use by another program");
      assertThat(program.nextErrorLine()).startsWith("Choose another address with --listen-uri");
    }
  }

  @Test
  void rejectsForeignAndUnknownHosts() throws Exception {
    Program foreign = cloud.program().run("--listen-uri=192.0.2.1:1");
    assertThat(foreign.exitCode()).isEqualTo(3);
    assertThat(foreign.errors())
        .startsWith("tunnel: cannot listen on 192.0.2.1:1: this machine has no such address");

    // A label of this length is invalid, so no name server is queried.
    String host = "a".repeat(64) + ".invalid";
    Program unknown = cloud.program().run("--listen-uri=" + host + ":1");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.errors())
        .startsWith("tunnel: cannot listen on " + host + ":1: unknown host");
  }

  @Test
  void rejectsPlaintextToOtherMachineUnlessAllowed() throws Exception {
    Program program = environment("ws://cloud.example", Program.DEVICE).run("--listen-uri=:0");
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors())
        .startsWith("tunnel: --cloud-uri: ws://cloud.example/ would send the credential")
        .contains("--allow-plaintext");

    assertThat(
            environment("ws://cloud.example", Program.DEVICE)
                .run("--listen-uri=:0", "--allow-plaintext")
                .exitCode())
        .isEqualTo(0);
  }

  private Program environment(String cloudUri, String device) {
    return cloud.program().variable("TUNNEL_CLOUD_URI", cloudUri).variable("TUNNEL_DEVICE", device);
  }

  private String tunnelUrl(String device) {
    return cloud.uri() + "/v3/devices/" + device + "/services/" + WebCloud.SERVICE + "/connection";
  }

  private static void assertCarries(Program program) throws Exception {
    String url = "http:/" + program.awaitListening();
    assertThat(program.output()).endsWith(" -> " + Program.DEVICE + "/" + WebCloud.SERVICE + "\n");
    // A connection that is kept alive would delay the stop.
    Request request = new Request.Builder().url(url).header("Connection", "close").build();
    try (Response response = new OkHttpClient().newCall(request).execute()) {
      assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
    }
    program.stop();
  }
}
