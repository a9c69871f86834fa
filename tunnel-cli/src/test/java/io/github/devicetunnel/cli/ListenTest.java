package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole tunnels, through a stand-in for the cloud to a small web service. */
class ListenTest {
  private static final String KEY = "ak_test";
  private static final String SERVICE = "127.0.0.1:80";

  private DemoWebService web;
  private TunnelService cloud;

  @BeforeEach
  void start() throws IOException {
    web = DemoWebService.start();
    cloud =
        TunnelService.builder()
            .apiKey(KEY)
            .route(Program.DEVICE, SERVICE, web.address())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    cloud.close();
    web.close();
  }

  @Test
  void takesTheFlagsOfTheOldClient() throws Exception {
    Program program =
        new Program()
            .start(
                "-listen-uri=127.0.0.1:0",
                "-cloud-uri=" + wholeUrl(Program.DEVICE),
                "-api-key=" + KEY,
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
  void takesTheFlagsOfTheOldClientApartFromTheirValues() throws Exception {
    Program program =
        new Program()
            .start(
                "-listen-uri",
                ":0",
                "-cloud-uri",
                wholeUrl(Program.DEVICE),
                "-api-key",
                KEY,
                "-ping-duration",
                "0");

    assertCarries(program);
    assertThat(program.stop().exitCode()).isEqualTo(0);
  }

  @Test
  void takesEverythingFromTheEnvironment() throws Exception {
    Program program = environment(cloud.uri(), Program.DEVICE).start("listen", "--listen-uri=:0");

    assertCarries(program);
    assertThat(program.stop().exitCode()).isEqualTo(0);
  }

  @Test
  void argumentsBeatTheEnvironment() throws Exception {
    assertCarries(
        environment("wss://cloud.example", Program.OTHER_DEVICE)
            .start("--listen-uri=:0", "--cloud-uri", wholeUrl(Program.DEVICE)));
    assertCarries(
        environment(wholeUrl(Program.OTHER_DEVICE), Program.OTHER_DEVICE)
            .start("--listen-uri=:0", "--device", Program.DEVICE));
  }

  @Test
  void devicesBeatThatOfAWholeUrl() throws Exception {
    assertCarries(
        environment(cloud.uri(), Program.DEVICE)
            .start(
                "--listen-uri=:0",
                "--cloud-uri=" + wholeUrl(Program.OTHER_DEVICE),
                "--device=" + Program.DEVICE));
  }

  @Test
  void ofTwoTheLastCounts() throws Exception {
    assertCarries(
        environment(cloud.uri(), Program.DEVICE)
            .start("--listen-uri=nonsense", "-listen-uri=127.0.0.1:0"));
  }

  @Test
  void refusedTunnelIsReportedAndServingGoesOn() throws Exception {
    try (Program program =
        environment(cloud.uri(), Program.OTHER_DEVICE).start("--listen-uri=:0")) {
      InetSocketAddress local = program.awaitListening();
      for (int i = 0; i < 2; i++) {
        try (Socket socket = connect(local)) {
          assertThat(socket.getInputStream().readNBytes(1)).isEmpty();
        } catch (IOException reset) {
          assertThat(reset).hasMessageContaining("reset");
        }
        assertThat(program.nextErrorLine()).contains("404").doesNotContain(KEY);
      }
    }
  }

  @Test
  void openConnectionsMayFinish() throws Exception {
    Program program = environment(cloud.uri(), Program.DEVICE).start("--listen-uri=:0");
    try (Socket socket = connect(program.awaitListening())) {
      ask(socket, "Connection: keep-alive\r\n");
      program.stop();
      assertThat(program.nextErrorLine()).startsWith("Stopping; ");
      ask(socket, "Connection: close\r\n");
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).contains("Stopped; connections finished: 1, cut: 0");
  }

  @Test
  void connectionsThatDoNotFinishAreCutAndCounted() throws Exception {
    Program program = environment(cloud.uri(), Program.DEVICE).start("--listen-uri=:0");
    try (Socket socket = connect(program.awaitListening())) {
      ask(socket, "Connection: keep-alive\r\n");
      program.stop();

      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.errors()).contains("Stopped; connections finished: 0, cut: 1");
    }
  }

  @Test
  void withoutConnectionsStopsAtOnce() throws Exception {
    Program program = environment(cloud.uri(), Program.DEVICE).run("--listen-uri=:0");

    assertThat(program.exitCode()).isEqualTo(0);
    assertThat(program.errors()).contains("Stopped; no connection was open");
  }

  @Test
  void portInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + other.getLocalPort();
      Program program = environment(cloud.uri(), Program.DEVICE).run("--listen-uri", address);

      assertThat(program.exitCode()).isEqualTo(3);
      assertThat(program.output()).isEmpty();
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: cannot listen on " + address + ": the port is in use by another program");
      assertThat(program.nextErrorLine()).startsWith("Choose another address with --listen-uri");
    }
  }

  @Test
  void addressesThatAreNotOurs() throws Exception {
    Program foreign = environment(cloud.uri(), Program.DEVICE).run("--listen-uri=192.0.2.1:1");
    assertThat(foreign.exitCode()).isEqualTo(3);
    assertThat(foreign.errors())
        .startsWith("tunnel: cannot listen on 192.0.2.1:1: this machine has no such address");

    // A label this long is refused without asking any name server.
    String host = "a".repeat(64) + ".invalid";
    Program unknown = environment(cloud.uri(), Program.DEVICE).run("--listen-uri=" + host + ":1");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.errors())
        .startsWith("tunnel: cannot listen on " + host + ":1: there is no such host");
  }

  @Test
  void plaintextToAnotherMachineMustBeAllowed() throws Exception {
    Program program = environment("ws://cloud.example", Program.DEVICE).run("--listen-uri=:0");
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.errors())
        .startsWith("tunnel: --cloud-uri: ws://cloud.example/ is not encrypted")
        .contains("--allow-plaintext");

    assertThat(
            environment("ws://cloud.example", Program.DEVICE)
                .run("--listen-uri=:0", "--allow-plaintext")
                .exitCode())
        .isEqualTo(0);
  }

  private static Program environment(String cloudUri, String device) {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloudUri)
        .variable("TUNNEL_DEVICE", device)
        .variable("TUNNEL_SERVICE", SERVICE)
        .variable("TUNNEL_API_KEY", KEY);
  }

  private String wholeUrl(String device) {
    return cloud.uri() + "/v3/devices/" + device + "/services/" + SERVICE + "/connection";
  }

  private static void assertCarries(Program program) throws Exception {
    String url = "http:/" + program.awaitListening();
    assertThat(program.output()).endsWith(" -> " + Program.DEVICE + "/" + SERVICE + "\n");
    // A connection that is kept would have to be cut at the end.
    Request request = new Request.Builder().url(url).header("Connection", "close").build();
    try (Response response = new OkHttpClient().newCall(request).execute()) {
      assertThat(response.body().bytes()).isEqualTo(DemoWebService.page());
    }
    program.stop();
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends a request, and reads the answer, which has no body. */
  private static void ask(Socket socket, String header) throws IOException {
    String request = "HEAD / HTTP/1.1\r\nHost: x\r\n" + header + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      assertThat(b).as("a byte after: %s", answer).isNotNegative();
      answer.append((char) b);
    }
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }
}
