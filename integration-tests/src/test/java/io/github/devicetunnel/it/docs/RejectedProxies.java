package io.github.devicetunnel.it.docs;

import static io.github.devicetunnel.it.docs.RejectionScene.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProxySettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scenes with proxies that are unreachable, reject the tunnel or are not proxies. */
final class RejectedProxies {
  private static final String PASSWORD = "5ecret";

  private RejectedProxies() {}

  static Map<String, RejectionScene> scenes() {
    Map<String, RejectionScene> scenes = new LinkedHashMap<>();
    scenes.put("a proxy URL with an unsupported scheme", f -> parse("ftp://proxy.example"));
    scenes.put("a malformed proxy URL", f -> parse("http://u:" + PASSWORD + "@host:x"));
    scenes.put("an https proxy that does not use TLS", f -> withoutTls());
    scenes.put(
        "a proxy user with a colon",
        f -> failure(() -> ProxySettings.http("proxy", 80).credentials("a:b", PASSWORD)));
    scenes.put(
        "a proxy that is not running",
        f -> {
          try (ClosedPort closedPort = new ClosedPort()) {
            return dial(ProxySettings.parse("http://" + closedPort.serviceAddress()));
          }
        });
    scenes.put(
        "a proxy with an unknown host", f -> dial(ProxySettings.http("proxy.invalid", 3128)));
    scenes.put("a proxy that does not answer", f -> http(new byte[0]));
    scenes.put(
        "a proxy that requires a password",
        f -> http("407 Authenticate", "Proxy-Authenticate: Basic"));
    scenes.put(
        "a proxy that rejects the password",
        f -> httpWithPassword("407 Authenticate", "Proxy-Authenticate: Basic"));
    scenes.put(
        "a proxy that requires Negotiate",
        f -> httpWithPassword("407 Authenticate", "Proxy-Authenticate: Negotiate"));
    scenes.put("a proxy that forbids the connection", f -> http("403 Forbidden", "X: y"));
    scenes.put("a proxy that cannot reach the cloud", f -> http("502 Bad Gateway", "X: y"));
    scenes.put("a proxy that answers with another status", f -> http("418 Teapot", "X: y"));
    scenes.put("a service that is not a proxy", f -> http("* OK IMAP ready\r\n".getBytes(UTF_8)));
    scenes.put(
        "a proxy with an endless answer",
        f -> http(("HTTP/1.1 200 OK\r\nX: " + "y".repeat(1 << 20)).getBytes(UTF_8)));
    scenes.put("a proxy that closes the connection", f -> closesWithoutAnswer());
    scenes.put("a SOCKS proxy that requires a password", f -> socks(new byte[] {5, -1}));
    scenes.put("a SOCKS proxy that is an HTTP proxy", f -> socks("HTTP/1.1 400".getBytes(UTF_8)));
    scenes.put("a SOCKS proxy that forbids the connection", f -> socks(reply(2)));
    scenes.put("a SOCKS proxy that cannot reach the cloud", f -> socks(reply(4)));
    scenes.put("a SOCKS proxy whose connection is refused", f -> socks(reply(5)));
    scenes.put(
        "a SOCKS proxy that rejects the password",
        f -> {
          try (Service proxy = answering(new byte[] {5, 2, 1, 1})) {
            return dial(at("socks5://", proxy).credentials("plant", PASSWORD));
          }
        });
    return scenes;
  }

  private static String withoutTls() throws IOException {
    Service.Script script =
        socket -> {
          int unused = socket.getInputStream().read();
          socket.getOutputStream().write(head("400 Bad Request", "X: y"));
          Service.awaitEnd(socket);
        };
    try (Service proxy = Service.started(script)) {
      return dial(at("https://", proxy));
    }
  }

  private static byte[] reply(int code) {
    return new byte[] {5, 0, 5, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0};
  }

  private static String parse(String url) {
    return failure(() -> ProxySettings.parse(url));
  }

  private static Service answering(byte[] bytes) throws IOException {
    return Service.started(
        socket -> {
          try {
            socket.getOutputStream().write(bytes);
          } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
          }
          Service.awaitEnd(socket);
        });
  }

  private static ProxySettings at(String scheme, Service proxy) {
    return ProxySettings.parse(scheme + "127.0.0.1:" + proxy.address().getPort());
  }

  private static byte[] head(String status, String header) {
    return ("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n").getBytes(UTF_8);
  }

  private static String http(String status, String header) throws IOException {
    return http(head(status, header));
  }

  private static String http(byte[] answer) throws IOException {
    try (Service proxy = answering(answer)) {
      return dial(at("http://", proxy));
    }
  }

  private static String httpWithPassword(String status, String header) throws IOException {
    try (Service proxy = answering(head(status, header))) {
      return dial(at("http://", proxy).credentials("plant", PASSWORD));
    }
  }

  private static String closesWithoutAnswer() throws IOException {
    Service.Script script =
        socket -> {
          byte[] request = new byte[1024];
          assertThat(socket.getInputStream().read(request)).isPositive();
        };
    try (Service proxy = Service.started(script)) {
      return dial(at("http://", proxy));
    }
  }

  private static String socks(byte[] answer) throws IOException {
    try (Service proxy = answering(answer)) {
      return dial(at("socks5://", proxy));
    }
  }

  private static String dial(ProxySettings proxy) {
    TunnelClient.Builder builder =
        TunnelClient.builder()
            .cloudUri("wss://cloud.invalid")
            .credentials(Credentials.apiKey(Cloud.KEY))
            .deviceId(Cloud.DEVICE)
            .serviceAddress("127.0.0.1:80")
            .connectTimeout(Duration.ofSeconds(2))
            .proxy(proxy);
    try (TunnelClient client = builder.build()) {
      return failure(client::open);
    }
  }
}
