package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ScriptedCloud;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers of servers in front of the cloud: the message names the sender and the fix for that
 * sender. The pages are those of the servers named in {@code Server}.
 */
final class FrontServerAnswerTest {
  private static final String NGINX = "Server: nginx/1.22.1\r\nContent-Type: text/html";
  private static final String APACHE =
      "Server: Apache/2.4.62 (Debian)\r\nContent-Type: text/html; charset=iso-8859-1";
  private static final String FROM_NGINX =
      "; probably sent by nginx/1.22.1 in front of the cloud: ";
  private static final String FROM_APACHE =
      "; probably sent by Apache/2.4.62 (Debian) in front of the cloud: ";
  private static final String FROM_UNKNOWN = "; probably sent by a server in front of the cloud: ";
  private static final String NO_UPGRADE =
      "check the path of the cloud URI, and that every proxy and load balancer forwards the header"
          + " Upgrade";

  @RegisterExtension final Leaks leaks = new Leaks();

  private static String nginxPage(String title, String text) {
    return "<html>\r\n<head><title>"
        + title
        + "</title></head>\r\n<body>\r\n<center><h1>"
        + title
        + "</h1></center>\r\n<center>"
        + text
        + "</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";
  }

  private static String apachePage(String title, String text) {
    return "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>"
        + title
        + "</title>\n</head><body>\n<h1>"
        + title
        + "</h1>\n<p>"
        + text
        + "<br />\n</p>\n</body></html>\n";
  }

  /** Status line and headers, body, expected end of the message. */
  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(
            "400 Bad Request\r\n" + NGINX,
            nginxPage(
                "400 No required SSL certificate was sent", "No required SSL certificate was sent"),
            FROM_NGINX + "set a client certificate"),
        Arguments.of(
            "400 Bad Request\r\n" + NGINX,
            nginxPage("400 The SSL certificate error", "The SSL certificate error"),
            FROM_NGINX + "it does not accept the client certificate; set another"),
        Arguments.of(
            "400 Bad Request\r\n" + NGINX,
            nginxPage(
                "400 The plain HTTP request was sent to HTTPS port",
                "The plain HTTP request was sent to HTTPS port"),
            FROM_NGINX + "use wss in the cloud URI"),
        Arguments.of(
            "400 Bad Request\r\n" + NGINX,
            nginxPage(
                "400 Request Header Or Cookie Too Large", "Request Header Or Cookie Too Large"),
            FROM_NGINX + "the request headers are too large for it; use a shorter token"),
        Arguments.of(
            "400 Bad Request\r\n" + NGINX,
            nginxPage("400 Bad Request", ""),
            FROM_NGINX + "check the cloud URI"),
        Arguments.of(
            "400 Bad Request\r\n" + APACHE,
            apachePage(
                "400 Bad Request",
                "Your browser sent a request that this server could not understand.<br />\nReason:"
                    + " You're speaking plain HTTP to an SSL-enabled server port."),
            FROM_APACHE + "use wss in the cloud URI"),
        Arguments.of(
            "400 Bad Request\r\n" + APACHE,
            apachePage(
                "400 Bad Request",
                "Your browser sent a request that this server could not understand.<br />\nSize of"
                    + " a request header field exceeds server limit."),
            FROM_APACHE + "the request headers are too large for it; use a shorter token"),
        Arguments.of(
            "403 Forbidden\r\n" + APACHE,
            apachePage(
                "403 Forbidden",
                "You don't have permission to access this resource.Reason: Cannot perform"
                    + " Post-Handshake Authentication."),
            FROM_APACHE
                + "it requests a client certificate after the TLS 1.3 handshake, which Java does"
                + " not support; configure it to request the certificate for the whole host, or to"
                + " use TLS 1.2"),
        Arguments.of(
            "400 Bad Request\r\nConnection: close",
            "Client sent an HTTP request to an HTTPS server.\n",
            FROM_UNKNOWN + "use wss in the cloud URI"),
        Arguments.of(
            "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n" + NGINX,
            nginxPage("401 Authorization Required", ""),
            FROM_NGINX
                + "it requires authentication (Basic) besides the credential of the cloud, and"
                + " one header cannot carry both; ask its administrator for a client certificate or"
                + " another header"),
        Arguments.of(
            "401 Unauthorized\r\nWWW-Authenticate: Negotiate, NTLM\r\nServer: Microsoft-IIS/10.0",
            "",
            "; probably sent by Microsoft-IIS/10.0 in front of the cloud: it requires"
                + " authentication (Negotiate or NTLM) besides the credential of the cloud, and"
                + " one header cannot carry both; ask its administrator for a client certificate or"
                + " another header"),
        Arguments.of(
            "401 Unauthorized\r\nWWW-Authenticate: Bearer",
            "",
            FROM_UNKNOWN + "check the access key or the token"),
        Arguments.of(
            "403 Forbidden\r\nServer: cloudflare\r\nContent-Type: text/html",
            "<html><title>Attention Required! | Cloudflare</title></html>",
            ": 403, Attention Required! | Cloudflare; probably sent by cloudflare in front of the"
                + " cloud: its rules reject this request; ask its administrator"),
        Arguments.of(
            "403 Forbidden\r\nContent-Type: application/json\r\nx-amzn-ErrorType: Forbidden",
            "{\"message\":\"Forbidden\"}",
            ": 403, Forbidden"
                + FROM_UNKNOWN
                + "its rules reject this request; ask its administrator"),
        Arguments.of(
            "404 Not Found\r\nServer: kong/3.6.1\r\nContent-Type: application/json",
            "{\"message\":\"no Route matched with those values\",\"request_id\":\"4c2b\"}",
            ": 404, no Route matched with those values; probably sent by kong/3.6.1 in front of the"
                + " cloud: check the path of the cloud URI, and that the server"
                + " forwards requests for /v3/ to the cloud (request 4c2b)"),
        Arguments.of(
            "404 Not Found\r\nVia: 1.1 varnish",
            "",
            ": 404; probably sent by 1.1 varnish in front of the cloud: check the path"
                + " of the cloud URI, and that the server forwards requests for /v3/ to the cloud"),
        Arguments.of(
            "502 Bad Gateway\r\n" + NGINX,
            nginxPage("502 Bad Gateway", ""),
            FROM_NGINX + "it could not reach the cloud, or the cloud could not reach the gateway"),
        Arguments.of(
            "200 OK\r\n" + NGINX,
            "<title>Welcome to nginx!</title>",
            ": 200, Welcome to nginx!" + FROM_NGINX + NO_UPGRADE),
        Arguments.of("426 Upgrade Required\r\nUpgrade: websocket", "", FROM_UNKNOWN + NO_UPGRADE),
        Arguments.of(
            "421 Misdirected Request\r\n" + APACHE,
            apachePage("421 Misdirected Request", "The client needs a new connection"),
            FROM_APACHE
                + "it does not serve the host of the cloud URI on this connection; check the host"
                + " and the TLS configuration of the server"),
        Arguments.of(
            "431 Request Header Fields Too Large",
            "",
            FROM_UNKNOWN + "the request headers are too large for it; use a shorter token"),
        Arguments.of(
            "511 Network Authentication Required",
            "",
            FROM_UNKNOWN
                + "this network requires a login first (RFC 6585 section 6); open a web page"),
        Arguments.of(
            "301 Moved Permanently\r\nLocation: https://127.0.0.1/v3/",
            "",
            "it redirects to https://127.0.0.1/v3/; redirects are not followed; use wss in the"
                + " cloud URI"),
        Arguments.of(
            "302 Found\r\nLocation: https://login.example/",
            "",
            "it redirects to https://login.example/; redirects are not followed; check the cloud"
                + " URI"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void messageNamesSenderAndFix(String head, String body, String messageEnd) throws Exception {
    assertThat(rejection(head, body.getBytes(ISO_8859_1))).hasMessageEndingWith(messageEnd);
  }

  /** Answers of the cloud are recognized by their JSON, whatever the header {@code Server}. */
  @Test
  void cloudBehindFrontServerIsRecognized() throws Exception {
    String json = "{\"object\": \"error\", \"code\": 404, \"message\": \"Device not found\"}";

    assertThat(rejection("404 Not Found\r\n" + NGINX, json.getBytes(UTF_8)))
        .hasMessageContaining("Device not found; check the device ID")
        .hasMessageNotContaining("nginx");
  }

  private static final String JSON =
      "{\"type\": \"t\", \"message\": \"Ger\u00e4t nicht verbunden\", \"request_id\": \"r1\"}";

  /** Headers and body. */
  static Stream<Arguments> encodedBodies() throws IOException {
    return Stream.of(
        Arguments.of("Content-Type: application/json", JSON.getBytes(UTF_8)),
        Arguments.of("Content-Type: application/json", withByteOrderMark(UTF_8)),
        Arguments.of("Content-Type: application/json", withByteOrderMark(UTF_16BE)),
        Arguments.of("Content-Type: application/json", withByteOrderMark(UTF_16LE)),
        Arguments.of(
            "Content-Type: application/json; charset=iso-8859-1", JSON.getBytes(ISO_8859_1)),
        Arguments.of("Content-Type: text/plain; charset=utf-16be", JSON.getBytes(UTF_16BE)),
        Arguments.of("Content-Type: application/json; charset=x-none", JSON.getBytes(UTF_8)),
        Arguments.of("Content-Encoding: gzip", gzip(JSON.getBytes(UTF_8))),
        Arguments.of("Content-Encoding: X-GZIP", gzip(withByteOrderMark(UTF_16LE))),
        Arguments.of("Content-Encoding: deflate", deflate(JSON.getBytes(UTF_8))),
        Arguments.of("Content-Encoding: identity", JSON.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("encodedBodies")
  void decodesBody(String headers, byte[] body) throws Exception {
    TunnelRejectedException e = rejection("404 Not Found\r\n" + headers, body);

    assertThat(e.serviceMessage()).isEqualTo("Ger\u00e4t nicht verbunden");
    assertThat(e.requestId()).isEqualTo("r1");
  }

  /** Headers and body. */
  static Stream<Arguments> undecodableBodies() throws IOException {
    byte[] compressed = gzip(JSON.getBytes(UTF_8));
    return Stream.of(
        Arguments.of("Content-Encoding: br", compressed),
        Arguments.of("Content-Encoding: gzip, br", compressed),
        Arguments.of("Content-Encoding: gzip", JSON.getBytes(UTF_8)),
        Arguments.of("Content-Encoding: deflate", compressed),
        Arguments.of("Content-Type: image/png", compressed));
  }

  /** The message has the status and the fix, and no bytes of a binary body. */
  @ParameterizedTest
  @MethodSource("undecodableBodies")
  void omitsUndecodableBody(String headers, byte[] body) throws Exception {
    TunnelRejectedException e = rejection("503 Service Unavailable\r\n" + headers, body);

    assertThat(e.serviceMessage()).isNull();
    assertThat(e).hasMessageContaining(": 503; probably sent by");
  }

  /** A few kilobytes can be decompressed to gigabytes. */
  @Test
  void limitsDecompressedSize() throws Exception {
    byte[] zeros = gzip(new byte[64 << 20]);

    assertThat(rejection("500 No\r\nContent-Encoding: gzip", zeros).serviceMessage()).isNull();
  }

  private static byte[] withByteOrderMark(Charset charset) {
    return ("\ufeff" + JSON).getBytes(charset);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] deflate(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static TunnelRejectedException rejection(String head, byte[] body) throws Exception {
    ScriptedCloud.Script script =
        connection -> {
          connection.answer("HTTP/1.1 " + head, body);
          connection.awaitEnd();
        };
    try (ScriptedCloud cloud = ScriptedCloud.started(script);
        TunnelClient client = cloud.client("127.0.0.1:80").build()) {
      TunnelRejectedException e = catchThrowableOfType(TunnelRejectedException.class, client::open);
      cloud.assertPlayed();
      return e;
    }
  }
}
