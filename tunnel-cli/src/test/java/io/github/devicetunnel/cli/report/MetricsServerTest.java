package io.github.devicetunnel.cli.report;

import static io.github.devicetunnel.cli.LocalClient.address;
import static io.github.devicetunnel.cli.LocalClient.awaitClose;
import static io.github.devicetunnel.cli.LocalClient.connect;
import static io.github.devicetunnel.cli.LocalClient.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.Await;
import io.github.devicetunnel.cli.Lines;
import io.github.devicetunnel.cli.ListenProcess;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.WebCloud;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Redaction;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Checks {@code --metrics-listen}. Integration tests check the page in a browser. */
@DisabledOnOs(OS.WINDOWS)
class MetricsServerTest {
  private static final String ANNOUNCED = "Metrics and status page on ";

  private final OkHttpClient http = new OkHttpClient();
  @AutoClose private final WebCloud cloud = new WebCloud();
  private final Lines err = new Lines();
  private final Environment empty =
      new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());

  @AutoClose
  private final Output output =
      Output.of(empty, OutputStream.nullOutputStream(), err, Charset.defaultCharset(), false);

  private record Answer(int status, String body, Headers headers) {}

  @AfterEach
  void stop() {
    http.connectionPool().evictAll();
    http.dispatcher().executorService().shutdown();
  }

  private static String url(ListenProcess process) throws InterruptedException {
    String line = process.nextErrorLine();
    assertThat(line).startsWith(ANNOUNCED + "http://127.0.0.1:").endsWith("/");
    return line.substring(ANNOUNCED.length());
  }

  private Answer get(String url) throws IOException {
    return call(new Request.Builder().url(url).build());
  }

  private Answer call(Request request) throws IOException {
    try (Response response = http.newCall(request).execute()) {
      return new Answer(response.code(), response.body().string(), response.headers());
    }
  }

  /** Returns a server without listeners, which prints its address to {@link #err}. */
  private MetricsServer server() {
    return new MetricsServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new Activity(),
        MetricsServer.registry(),
        new Console(output, Redaction.of(new String[0], empty)));
  }

  @Test
  void servesMetrics() throws Exception {
    cloud.device().faults().onNextConnect(Fault.reject(404));
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=:0")) {
      String metrics = url(process) + "metrics";
      String local = address(process.nextLine());
      assertThat(get(metrics).body())
          .contains(
              "\ntunnel_connections_open 0.0\n",
              "\ntunnel_connections_total{outcome=\"opened\"} 0.0\n",
              "\ntunnel_bytes_total{direction=\"up\"} 0.0\n",
              "\ntunnel_bytes_total{direction=\"down\"} 0.0\n",
              "\ntunnel_listeners 1.0\n");

      awaitClose(local);
      try (Socket socket = connect(local)) {
        fetch(socket);
        Answer answer = get(metrics);
        assertThat(answer.headers().get("Content-Type"))
            .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body())
            .contains(
                "\ntunnel_connections_open 1.0\n",
                "\ntunnel_connections_total{outcome=\"opened\"} 1.0\n",
                "\ntunnel_connections_total{outcome=\"rejected\"} 1.0\n",
                "\ntunnel_connections_total{outcome=\"failed\"} 0.0\n",
                "\ntunnel_bytes_total{direction=\"up\"} 28.0\n",
                "\ntunnel_closed_total{ended_by=\"cloud\",reason=\"REJECTED\"} 1.0\n",
                "\ntunnel_dial_seconds_count{outcome=\"upgraded\"} 1\n",
                "\ntunnel_dial_seconds_bucket{outcome=\"upgraded\",le=\"10.0\"} 1\n",
                "\ntunnel_device_bytes_total{device=\"%s\",device_name=\"\",direction=\"up\"} 28.0\n"
                    .formatted(Program.DEVICE));
        assertThat(answer.body().lines().filter(line -> line.contains(Program.DEVICE)))
            .as("only the bytes are counted per device")
            .allMatch(line -> line.startsWith("tunnel_device_bytes_total{"));
      }
    }
  }

  @Test
  void isReadyUntilDrain() throws Exception {
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=127.0.0.1:0")) {
      String url = url(process);
      String local = address(process.nextLine());
      try (Socket socket = connect(local)) {
        fetch(socket);
        Answer alive = get(url + "healthz");
        assertThat(alive.status()).isEqualTo(200);
        assertThat(alive.body()).isEqualTo("alive\n");

        process.terminate();
        assertThat(process.nextErrorLine()).startsWith("Stopping; ");
        Answer draining = get(url + "readyz");
        assertThat(draining.status()).isEqualTo(503);
        assertThat(draining.body()).isEqualTo("draining\n");
        assertThat(get(url + "healthz").status()).isEqualTo(200);
        // The program logs the stop before it closes its listeners.
        Await.until(
            "no listeners in the metrics",
            () -> {
              try {
                return get(url + "metrics").body().contains("\ntunnel_listeners 0.0\n");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
      }
      assertThat(process.exitCode()).isZero();
    }
  }

  @Test
  void isReadyOnceAllListenersAccept() throws Exception {
    try (MetricsServer server = server()) {
      server.start();
      String ready = err.next().substring(ANNOUNCED.length()) + "readyz";
      assertThat(get(ready).status()).isEqualTo(503);
      assertThat(get(ready).body()).isEqualTo("starting\n");
      server.ready(() -> true);
      assertThat(get(ready).status()).isEqualTo(200);
      assertThat(get(ready).body()).isEqualTo("ready\n");
    }
  }

  @Test
  void reportsListenerThatDoesNotAccept() throws Exception {
    AtomicBoolean accepting = new AtomicBoolean(true);
    try (MetricsServer server = server()) {
      server.start();
      String url = err.next().substring(ANNOUNCED.length());
      server.ready(accepting::get);
      assertThat(get(url + "readyz").status()).isEqualTo(200);
      accepting.set(false);
      for (String check : new String[] {"healthz", "readyz"}) {
        assertThat(get(url + check).status()).isEqualTo(503);
        assertThat(get(url + check).body())
            .isEqualTo("a listener has failed; restart the program\n");
      }
      server.stopping();
      assertThat(get(url + "healthz").status()).isEqualTo(200);
      assertThat(get(url + "readyz").body()).isEqualTo("draining\n");
    }
  }

  @Test
  void servesStatusPageAndJson() throws Exception {
    cloud
        .device()
        .faults()
        .onNextConnect(Fault.reject(500).message("<script>alert(1)</script> ak_oops12345"));
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=:0")) {
      String url = url(process);
      String local = address(process.nextLine());
      awaitClose(local);
      try (Socket socket = connect(local)) {
        fetch(socket);
        Answer json = get(url + "status.json");
        assertThat(json.headers().get("Content-Type")).isEqualTo("application/json");
        assertThat(json.body())
            .contains(
                "\"phase\":\"ready\"",
                "\"open\":1,\"opened\":1,\"failed\":1,\"bytesUp\":28",
                "\"listeners\":[{\"address\":\"" + local + "\"",
                "\"connections\":[{\"connection\":2,\"device\":\"" + Program.DEVICE + "\"",
                "\"peer\":\"127.0.0.1:" + socket.getLocalPort() + "\",\"open\":true",
                "\"failures\":[{\"connection\":1,",
                "\"reason\":\"REJECTED\"")
            .doesNotContain("oops12345", "ak_test");
      }
      for (String path : new String[] {"", "status.css", "status.js", "status.json", "nothing"}) {
        Answer answer = get(url + path);
        assertThat(answer.status()).as(path).isEqualTo(path.equals("nothing") ? 404 : 200);
        assertThat(answer.headers().get("Content-Security-Policy"))
            .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(answer.headers().get("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.headers().get("X-Frame-Options")).isEqualTo("DENY");
        assertThat(answer.body()).doesNotContain("http://", "https://", "ak_test");
      }
      Request post = new Request.Builder().url(url).post(RequestBody.create(new byte[0])).build();
      assertThat(call(post).status()).isEqualTo(405);
      Request head = new Request.Builder().url(url).head().build();
      assertThat(call(head).headers().get("Content-Length"))
          .isEqualTo(Integer.toString(get(url).body().getBytes(StandardCharsets.UTF_8).length));
    }
  }

  /** A foreign name can resolve to this machine (DNS rebinding). */
  @Test
  void rejectsForeignHostNames() throws Exception {
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=:0")) {
      String url = url(process);
      Request foreign =
          new Request.Builder().url(url + "status.json").header("Host", "evil.example").build();
      assertThat(call(foreign).status()).isEqualTo(421);
      assertThat(call(foreign).body()).doesNotContain(Program.DEVICE);
      assertThat(get(url.replace("127.0.0.1", "localhost")).status()).isEqualTo(200);
    }
  }

  @Test
  void warnsAboutWildcardAddress() throws Exception {
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=0.0.0.0:0")) {
      assertThat(process.nextErrorLine()).startsWith("tunnel: warning: --metrics-listen: ");
    }
  }

  @Test
  void reportsAddressThatCannotBeBound() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + other.getLocalPort();
      Program program = run(address);
      assertThat(program.exitCode()).isEqualTo(3);
      assertThat(program.output()).isEmpty();
      assertThat(program.nextErrorLine())
          .isEqualTo(
              "tunnel: cannot listen on " + address + ": the port is in use by another program");
      assertThat(program.nextErrorLine())
          .startsWith("Choose another address with --metrics-listen");
    }
    String unknown = "a".repeat(64) + ".invalid:1";
    Program program = run(unknown);
    assertThat(program.exitCode()).isEqualTo(3);
    assertThat(program.nextErrorLine())
        .isEqualTo("tunnel: cannot listen on " + unknown + ": unknown host");
  }

  @Test
  void rejectsInvalidAddress() throws Exception {
    Program program = run("9090");
    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine()).startsWith("tunnel: --metrics-listen: must be host:port");
  }

  private static Socket open(String url) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout((int) Await.LONG.toMillis());
    socket.connect(
        ListenAddress.parsePort("", url.substring("http://".length(), url.length() - 1)));
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Fails if the server answers only after the other clients have timed out. */
  private void assertAlive(String url) throws IOException {
    OkHttpClient impatient = http.newBuilder().readTimeout(Duration.ofSeconds(5)).build();
    Request request = new Request.Builder().url(url + "healthz").build();
    try (Response response = impatient.newCall(request).execute()) {
      assertThat(response.body().string()).isEqualTo("alive\n");
    }
  }

  /** Occupies resources of the server with a connection. */
  private interface Occupation {
    void begin(Socket socket) throws IOException;
  }

  private void assertAliveDespite(int number, Occupation occupation) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (ListenProcess process = ListenProcess.start(cloud.uri(), "--metrics-listen=:0")) {
      String url = url(process);
      for (int i = 0; i < number; i++) {
        Socket socket = open(url);
        sockets.add(socket);
        occupation.begin(socket);
      }
      assertAlive(url);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void answersDespiteUnfinishedRequests() throws Exception {
    assertAliveDespite(10, socket -> send(socket, "GET /heal"));
    assertAliveDespite(30, socket -> send(socket, "GET / HTTP/1.1\r\nX-Header: half"));
  }

  @Test
  void answersDespiteUnreadAnswers() throws Exception {
    String many = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500);
    assertAliveDespite(10, socket -> send(socket, many));
  }

  @Test
  void answersDespiteMoreSlowClientsThanThreads() throws Exception {
    assertAliveDespite(200, socket -> send(socket, "GET / HTTP/1.1\r\nX-Header: half"));
    String many = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500);
    assertAliveDespite(80, socket -> send(socket, many));
  }

  @Test
  void answersDespiteSilentConnections() throws Exception {
    assertAliveDespite(1000, socket -> {});
  }

  private Program run(String address) {
    return cloud.program().run("--listen-uri=:0", "--metrics-listen", address);
  }
}
