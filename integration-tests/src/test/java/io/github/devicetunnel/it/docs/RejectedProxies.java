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

/** Scenes with proxies that are unreachable, reject the tunnel or are not proxies. */
final class RejectedProxies {
  private static final String PASSWORD = "5ecret";
  private static final String CLOUD = "the cloud wss://cloud.invalid/ could not be reached: ";
  private static final String PROXY = CLOUD + "the proxy 127.0.0.1:{port} ";
  private static final String REJECTED =
      PROXY + "rejected the connection to cloud.invalid:443 with ";

  private RejectedProxies() {}

  static RejectionScenes scenes() {
    RejectionScenes scenes = new RejectionScenes();
    scenes.add(
        "a proxy URL with an unsupported scheme",
        "proxy must be none, or SCHEME://[USER:PASSWORD@]HOST:PORT with the scheme http, https"
            + " or socks5, but \"ftp://proxy.example\" has the scheme ftp",
        f -> parse("ftp://proxy.example"));
    scenes.add(
        "a malformed proxy URL",
        "proxy must be none, or SCHEME://[USER:PASSWORD@]HOST:PORT with the scheme http, https"
            + " or socks5, but the value is malformed",
        f -> parse("http://u:" + PASSWORD + "@host:x"));
    scenes.add(
        "an https proxy that does not use TLS",
        PROXY + "does not use TLS; use http:// for the proxy",
        f -> withoutTls());
    scenes.add(
        "a proxy user with a colon",
        "proxy user contains a colon, which HTTP does not allow; use another user, or SOCKS5",
        f -> failure(() -> ProxySettings.http("proxy", 80).credentials("a:b", PASSWORD)));
    scenes.add(
        "a proxy that is not running",
        PROXY + "could not be reached: {reason}; check its host and port",
        f -> {
          try (ClosedPort closedPort = new ClosedPort()) {
            return dial(ProxySettings.parse("http://" + closedPort.serviceAddress()));
          }
        });
    scenes.add(
        "a proxy with an unknown host",
        CLOUD
            + "no address found, while resolving the proxy proxy.invalid; check the host of the"
            + " proxy",
        f -> dial(ProxySettings.http("proxy.invalid", 3128)));
    scenes.add(
        "a proxy that does not answer",
        CLOUD
            + "no answer within 2 s, while requesting cloud.invalid:443 from the proxy"
            + " 127.0.0.1:{port}",
        f -> http(new byte[0]));
    scenes.add(
        "a proxy that requires a password",
        REJECTED
            + "407 Authenticate: it requires a user name and password, but none are set; set both",
        f -> http("407 Authenticate", "Proxy-Authenticate: Basic"));
    scenes.add(
        "a proxy that rejects the password",
        REJECTED + "407 Authenticate: it does not accept the user name and password; check both",
        f -> httpWithPassword("407 Authenticate", "Proxy-Authenticate: Basic"));
    scenes.add(
        "a proxy that requires Negotiate",
        REJECTED
            + "407 Authenticate: it requires Negotiate, but only Basic and Digest (MD5 or"
            + " SHA-256, qop=auth) are supported; use a local proxy such as cntlm or px that"
            + " authenticates to it",
        f -> httpWithPassword("407 Authenticate", "Proxy-Authenticate: Negotiate"));
    scenes.add(
        "a proxy that forbids the connection",
        REJECTED + "403 Forbidden: its rules do not allow the connection; ask its administrator",
        f -> http("403 Forbidden", "X: y"));
    scenes.add(
        "a proxy that cannot reach the cloud",
        REJECTED
            + "502 Bad Gateway: it could not connect; check the cloud URI, or ask its"
            + " administrator",
        f -> http("502 Bad Gateway", "X: y"));
    scenes.add(
        "a proxy that answers with another status",
        REJECTED + "418 Teapot; ask its administrator",
        f -> http("418 Teapot", "X: y"));
    scenes.add(
        "a service that is not a proxy",
        PROXY
            + "did not answer the request for cloud.invalid:443 in HTTP/1: \"* OK IMAP ready\";"
            + " check that it is an HTTP proxy",
        f -> http("* OK IMAP ready\r\n".getBytes(UTF_8)));
    scenes.add(
        "a proxy with an endless answer",
        PROXY
            + "answered the request for cloud.invalid:443 with more than 16 KiB; check that it"
            + " is an HTTP proxy",
        f -> http(("HTTP/1.1 200 OK\r\nX: " + "y".repeat(1 << 20)).getBytes(UTF_8)));
    scenes.add(
        "a proxy that closes the connection",
        PROXY
            + "closed the connection during the request for cloud.invalid:443; check that it is"
            + " an HTTP proxy",
        f -> closesWithoutAnswer());
    scenes.add(
        "a SOCKS proxy that requires a password",
        PROXY + "requires a user name and password, but none are set; set both",
        f -> socks(new byte[] {5, -1}));
    scenes.add(
        "a SOCKS proxy that is an HTTP proxy",
        PROXY
            + "did not answer the request for cloud.invalid:443 in SOCKS5; if it is an HTTP"
            + " proxy, use http://",
        f -> socks("HTTP/1.1 400".getBytes(UTF_8)));
    scenes.add(
        "a SOCKS proxy that forbids the connection",
        REJECTED + "code 2: its rules do not allow the connection; ask its administrator",
        f -> socks(reply(2)));
    scenes.add(
        "a SOCKS proxy that cannot reach the cloud",
        REJECTED + "code 4: the host is unknown or unreachable; check the cloud URI",
        f -> socks(reply(4)));
    scenes.add(
        "a SOCKS proxy whose connection is refused",
        REJECTED + "code 5: the connection was refused; check the cloud URI",
        f -> socks(reply(5)));
    scenes.add(
        "a SOCKS proxy that rejects the password",
        PROXY + "does not accept the user name and password; check both",
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
