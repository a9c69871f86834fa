package io.github.devicetunnel.it.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.ServerFrames;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.Upload;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests proxies that reject the tunnel, fail or violate their protocol. */
final class ProxyFaultTest {
  private static final String CLOUD = "ws://cloud.invalid:8080";
  private static final String PREFIX = "the cloud " + CLOUD + "/ could not be reached: ";

  @RegisterExtension final Leaks leaks = new Leaks();

  private static TunnelClient.Builder client(ProxySettings proxy) {
    return TunnelClient.builder()
        .cloudUri(CLOUD)
        .allowPlaintext(true)
        .credentials(Credentials.apiKey(Cloud.KEY))
        .deviceId(Cloud.DEVICE)
        .serviceAddress("127.0.0.1:80")
        .proxy(proxy);
  }

  private static ProxySettings http(Service service) {
    return ProxySettings.http("127.0.0.1", service.address().getPort());
  }

  private static ProxySettings socks(Service service) {
    return ProxySettings.socks5("127.0.0.1", service.address().getPort());
  }

  /** Starts a proxy that reads a request and answers with these lines. */
  private static Service answering(String head) throws IOException {
    return Service.started(
        socket -> {
          readHead(socket.getInputStream());
          socket.getOutputStream().write((head + "\r\n\r\n").getBytes(UTF_8));
          awaitEnd(socket);
        });
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      assertThat(next).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  private static void awaitEnd(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** Fails to open a tunnel, and returns the message without the prefix that all messages share. */
  private static String failure(TunnelClient.Builder builder) {
    try (TunnelClient client = builder.build()) {
      TunnelException e = catchThrowableOfType(TunnelException.class, client::open);
      assertThat(e.reason().kind()).isEqualTo(CloseReason.Kind.DIAL_FAILED);
      assertThat(e.getMessage()).startsWith(PREFIX);
      return e.getMessage().substring(PREFIX.length()).replaceFirst("(127.0.0.1):\\d+", "$1:N");
    }
  }

  static Stream<Arguments> httpAnswers() {
    return Stream.of(
        Arguments.of(
            "HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Digest realm=\"x\"\r\n"
                + "Proxy-Authenticate: NTLM",
            "407 Authenticate: it requires Digest or NTLM, but only Basic and Digest (MD5 or"
                + " SHA-256, qop=auth) are supported"),
        Arguments.of(
            "HTTP/1.1 407 Authenticate\r\nproxy-authenticate: basic realm=\"x\"",
            "407 Authenticate: it requires a user name and password, but none are set"),
        Arguments.of(
            "HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Negotiate, Basic realm=\"a, b\"",
            "407 Authenticate: it requires a user name and password, but none are set"),
        Arguments.of(
            "HTTP/1.1 407 Authenticate\r\nProxy-Authenticate: Digest realm=\"Basic\", NTLM",
            "407 Authenticate: it requires Digest or NTLM, but only Basic and Digest (MD5 or"
                + " SHA-256, qop=auth) are supported"),
        Arguments.of(
            "HTTP/1.0 403 Forbidden", "403 Forbidden: its rules do not allow the connection"),
        Arguments.of("HTTP/1.1 502 Bad Gateway", "502 Bad Gateway: it could not connect"),
        Arguments.of(
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 403 Forbidden",
            "403 Forbidden: its rules do not allow the connection"),
        Arguments.of(
            "HTTP/1.1 403 Odd\nLine: ends\n", "403 Odd: its rules do not allow the connection"),
        Arguments.of("HTTP/1.1 418", "418; ask its administrator"),
        Arguments.of(
            "HTTP/1.1 300 \u001b[31m" + "x".repeat(200),
            "300 [31m" + "x".repeat(72) + "...; ask its administrator"));
  }

  @ParameterizedTest
  @MethodSource("httpAnswers")
  void reportsRejectionByHttpProxy(String answer, String expected) throws Exception {
    try (Service proxy = answering(answer)) {
      assertThat(failure(client(http(proxy))))
          .startsWith(
              "the proxy 127.0.0.1:N rejected the connection to cloud.invalid:8080 with "
                  + expected);
      assertThat(proxy.accepted()).isEqualTo(1);
      assertThat(proxy.failures()).isEmpty();
    }
  }

  @Test
  void retriesFailureButNotRejection() throws Exception {
    try (Service rejecting = answering("HTTP/1.1 403 No");
        Service failing = answering("HTTP/1.1 503 Busy")) {
      String unused = failure(client(http(rejecting)).connectRetry(3, Duration.ofMillis(1)));
      assertThat(rejecting.accepted()).isEqualTo(1);
      unused = failure(client(http(failing)).connectRetry(3, Duration.ofMillis(1)));
      assertThat(failing.accepted()).isEqualTo(3);
    }
  }

  /** One address of a proxy may not listen, while another address rejects the tunnel. */
  @Test
  void reportsRejectionFromAnyAddressOfProxy() throws Exception {
    try (Service rejecting = answering("HTTP/1.1 407 No")) {
      InetAddress closed = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
      OkHttpClient http =
          new OkHttpClient.Builder()
              .dns(name -> List.of(closed, InetAddress.getLoopbackAddress()))
              .build();
      ProxySettings proxy = ProxySettings.http("proxy.example", rejecting.address().getPort());
      TunnelClient.Builder builder = client(proxy).okHttpClient(http);

      assertThat(failure(builder.connectRetry(3, Duration.ofMillis(1))))
          .contains("rejected the connection to cloud.invalid:8080 with 407 No");
      assertThat(rejecting.accepted()).isEqualTo(1);
      http.connectionPool().evictAll();
    }
  }

  @Test
  void reportsServerThatIsNotHttpProxy() throws Exception {
    Service.Script ssh =
        socket -> {
          socket.getOutputStream().write("SSH-2.0-OpenSSH\r\n".getBytes(UTF_8));
          awaitEnd(socket);
        };
    try (Service proxy = Service.started(ssh)) {
      assertThat(failure(client(http(proxy))))
          .startsWith(
              "the proxy 127.0.0.1:N did not answer the request for cloud.invalid:8080 in HTTP/1:"
                  + " \"S");
    }
  }

  @Test
  void reportsEndlessAnswerOfHttpProxy() throws Exception {
    byte[] line = "X: y\r\n".getBytes(UTF_8);
    Service.Script endless =
        socket -> {
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
          try {
            while (true) {
              socket.getOutputStream().write(line);
            }
          } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
          }
        };
    try (Service proxy = Service.started(endless)) {
      assertThat(failure(client(http(proxy))))
          .startsWith(
              "the proxy 127.0.0.1:N answered the request for cloud.invalid:8080 with more than 16"
                  + " KiB");
    }
  }

  @Test
  void reportsProxyThatClosesDuringHandshake() throws Exception {
    String closed =
        "the proxy 127.0.0.1:N closed the connection during the request for cloud.invalid:8080";
    Service.Script partialHttp =
        socket -> {
          readHead(socket.getInputStream());
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX: y".getBytes(UTF_8));
        };
    Service.Script partialSocks =
        socket -> {
          socket.getInputStream().readNBytes(3);
          socket.getOutputStream().write(new byte[] {5, 0});
          socket.getInputStream().readNBytes(20);
          socket.getOutputStream().write(new byte[] {5, 0, 0, 1, 127});
        };
    try (Service silent = Service.started(socket -> readHead(socket.getInputStream()));
        Service http = Service.started(partialHttp);
        Service socks = Service.started(partialSocks)) {
      assertThat(failure(client(http(silent)))).startsWith(closed);
      assertThat(failure(client(http(http)))).startsWith(closed);
      assertThat(failure(client(socks(socks)))).startsWith(closed);
    }
  }

  @Test
  void timesOutIfProxyDoesNotAnswer() throws Exception {
    try (Service proxy = Service.started(ProxyFaultTest::awaitEnd)) {
      for (ProxySettings settings : List.of(http(proxy), socks(proxy))) {
        assertThat(failure(client(settings).connectTimeout(Duration.ofSeconds(1))))
            .isEqualTo(
                "no answer within 1 s, while requesting cloud.invalid:8080 from the proxy"
                    + " 127.0.0.1:N");
      }
      Await.until(() -> proxy.open() == 0);
    }
  }

  @Test
  void closingClientAbortsDialThroughSilentProxy() throws Exception {
    try (Service proxy = Service.started(ProxyFaultTest::awaitEnd)) {
      CompletableFuture<TunnelStream> dial;
      try (TunnelClient client = client(http(proxy)).build()) {
        dial = client.openAsync();
        Await.until(() -> proxy.open() == 1);
        client.close(Duration.ZERO);
      }
      Throwable failure = Await.get(dial.handle((stream, e) -> e));
      assertThat(failure).isNotNull();
    }
  }

  static Stream<Arguments> socksAnswers() {
    return Stream.of(
        Arguments.of(
            new byte[] {5, (byte) 0xff}, "requires a user name and password, but none are set"),
        Arguments.of(
            "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8),
            "did not answer the request for cloud.invalid:8080 in SOCKS5; if it is an HTTP proxy"),
        Arguments.of(
            new byte[] {0, 91},
            "did not answer the request for cloud.invalid:8080 in SOCKS5: the first byte is 0"),
        Arguments.of(
            new byte[] {5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0},
            "rejected the connection to cloud.invalid:8080 with code 1: general failure"),
        Arguments.of(
            new byte[] {5, 0, 5, 2, 0, 1, 0, 0, 0, 0, 0, 0},
            "rejected the connection to cloud.invalid:8080 with code 2: its rules do not allow the"
                + " connection"),
        Arguments.of(
            new byte[] {5, 0, 5, 4, 0, 1, 0, 0, 0, 0, 0, 0},
            "rejected the connection to cloud.invalid:8080 with code 4: the host is unknown or"
                + " unreachable"),
        Arguments.of(
            new byte[] {5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0},
            "rejected the connection to cloud.invalid:8080 with code 7: the request is not"
                + " supported"),
        Arguments.of(
            new byte[] {5, 0, 5, 0, 0, 9, 0, 0, 0, 0, 0, 0},
            "did not answer the request for cloud.invalid:8080 in SOCKS5: unknown address type 9"));
  }

  @ParameterizedTest
  @MethodSource("socksAnswers")
  void reportsRejectionBySocksProxy(byte[] answer, String expected) throws Exception {
    Service.Script script =
        socket -> {
          socket.getOutputStream().write(answer);
          awaitEnd(socket);
        };
    try (Service proxy = Service.started(script)) {
      assertThat(failure(client(socks(proxy)))).startsWith("the proxy 127.0.0.1:N " + expected);
    }
  }

  @Test
  void reportsProxyThatRefusesConnection() throws Exception {
    try (ClosedPort closedPort = new ClosedPort()) {
      int port = Integer.parseInt(closedPort.serviceAddress().replaceFirst(".*:", ""));
      assertThat(failure(client(ProxySettings.socks5("127.0.0.1", port))))
          .startsWith("the proxy 127.0.0.1:N could not be reached: Connection refused")
          .endsWith("; check its host and port");
    }
  }

  @Test
  void reportsUnknownNameOfProxy() {
    assertThat(failure(client(ProxySettings.http("proxy.invalid", 3128))))
        .isEqualTo(
            "no address found, while resolving the proxy proxy.invalid; check the host of the"
                + " proxy");
  }

  /** The proxy sends each byte of its answer alone, and relays the bytes of the cloud at once. */
  @Test
  void httpProxyResolvesNameAndAnswersByteByByte() throws Exception {
    ScriptedCloud.Script greeting =
        connection -> {
          connection.write(
              connection.granted(),
              ServerFrames.binary("hello".getBytes(UTF_8)),
              ServerFrames.close(1000));
          connection.awaitEnd();
        };
    CompletableFuture<String> received = new CompletableFuture<>();
    try (ScriptedCloud cloud = ScriptedCloud.started(greeting);
        Service proxy =
            Service.started(
                socket -> {
                  received.complete(readHead(socket.getInputStream()));
                  for (char c : "HTTP/1.1 200 OK\r\nVia: slow\r\n\r\n".toCharArray()) {
                    socket.getOutputStream().write(c);
                  }
                  relay(socket, cloud);
                });
        TunnelClient client =
            client(http(proxy).credentials("us er", "p:a@ss/wörd5ecret")).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().readAllBytes()).isEqualTo("hello".getBytes(UTF_8));

      String basic = Base64.getEncoder().encodeToString("us er:p:a@ss/wörd5ecret".getBytes(UTF_8));
      assertThat(received.join().lines())
          .containsExactly(
              "CONNECT cloud.invalid:8080 HTTP/1.1",
              "Host: cloud.invalid:8080",
              "User-Agent: device-tunnel/" + System.getProperty("tunnel.version"),
              "Proxy-Authorization: Basic " + basic,
              "");
      cloud.assertPlayed();
    }
  }

  @Test
  void socksProxyResolvesName() throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    ScriptedCloud.Script closes =
        connection -> {
          connection.write(connection.granted(), ServerFrames.close(1000));
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(closes);
        Service proxy =
            Service.started(
                socket -> {
                  DataInputStream in = new DataInputStream(socket.getInputStream());
                  in.readFully(new byte[4]);
                  socket.getOutputStream().write(new byte[] {5, 2});
                  byte[] login = new byte[1 + 1 + 5 + 1 + 9];
                  in.readFully(login);
                  socket.getOutputStream().write(new byte[] {1, 0});
                  byte[] request = new byte[4 + 1 + 13 + 2];
                  in.readFully(request);
                  received.complete(
                      new String(login, ISO_8859_1) + new String(request, ISO_8859_1));
                  socket.getOutputStream().write(new byte[] {5, 0, 0, 3, 2, 'a', 'b', 0, 80});
                  relay(socket, cloud);
                });
        TunnelClient client = client(socks(proxy).credentials("plant", "p:a@ss/wd")).build();
        TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isEqualTo(-1);
      assertThat(Await.get(received))
          .isEqualTo(
              "\u0001\u0005plant\tp:a@ss/wd\u0005\u0001\u0000\u0003\rcloud.invalid\u001f\u0090");
    }
  }

  private static void relay(Socket client, ScriptedCloud cloud) throws Exception {
    int port = URI.create(cloud.uri()).getPort();
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Upload up =
          Upload.running(
              () -> {
                try {
                  client.getInputStream().transferTo(server.getOutputStream());
                } finally {
                  // Also after an error: the cloud waits for the end of the stream.
                  server.shutdownOutput();
                }
              });
      server.getInputStream().transferTo(client.getOutputStream());
      client.shutdownOutput();
      up.await();
    }
  }
}
