package io.github.devicetunnel.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.text.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Challenge;
import okhttp3.Credentials;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy, which is asked by CONNECT (RFC 9110 section 9.3.6), with Basic if need be. */
public final class HttpProxy extends ProxyServer {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})( .*)?");
  private static final int LONGEST_HEAD = 16 << 10;

  /** The type and the first byte of the version of a record (RFC 8446 section 5.1). */
  private static final String TLS_ALERT = "\u0015\u0003";

  /** The one answer from 100 to 199 after which no other comes (RFC 9110 section 15.2). */
  private static final int SWITCHING_PROTOCOLS = 101;

  private static final String CHALLENGE = "proxy-authenticate:";

  private final boolean tls;
  private final @Nullable String authorization;

  /**
   * Describes it.
   *
   * @param tls whether the connection to the proxy itself is encrypted (RFC 9110 section 4.2.2)
   * @param user null for none
   * @param password of the user
   */
  public HttpProxy(boolean tls, String host, int port, @Nullable String user, String password) {
    super(host, port);
    this.tls = tls;
    this.authorization = user == null ? null : Credentials.basic(user, password, UTF_8);
  }

  @Override
  boolean usesTls() {
    return tls;
  }

  @Override
  void ask(InputStream in, OutputStream out, String host, int port) throws IOException {
    String target = HostPort.of(host, port);
    StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\n");
    request.append("Host: ").append(target).append("\r\n");
    request.append("User-Agent: ").append(Product.USER_AGENT).append("\r\n");
    if (authorization != null) {
      request.append("Proxy-Authorization: ").append(authorization).append("\r\n");
    }
    out.write(request.append("\r\n").toString().getBytes(UTF_8));
    List<String> head;
    int status;
    do {
      head = readHead(in, target).lines().toList();
      status = status(head, target);
    } while (status / 100 == 1 && status != SWITCHING_PROTOCOLS);
    if (status / 100 != 2) {
      throw refused(status, shown(head.get(0).substring("HTTP/1.1 ".length())), target, head);
    }
  }

  private int status(List<String> head, String target) throws IOException {
    String statusLine = head.isEmpty() ? "" : head.get(0);
    Matcher matcher = STATUS_LINE.matcher(statusLine);
    if (statusLine.startsWith(TLS_ALERT)) {
      throw refusal("answered with TLS when asked for " + target + "; use https:// for the proxy");
    }
    if (!matcher.matches()) {
      throw refusal(
          "answered what is no HTTP/1 when asked for "
              + target
              + ": \""
              + shown(statusLine)
              + "\": is it an HTTP proxy?");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Byte by byte: what comes after the head is not the proxy's any more. */
  private String readHead(InputStream in, String target) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!isWhole(head)) {
      int next = in.read();
      if (next < 0) {
        throw failure("closed the connection when asked for " + target + ": is it an HTTP proxy?");
      }
      if (head.length() == LONGEST_HEAD) {
        throw refusal(
            "answered more than 16 KiB when asked for " + target + ": is it an HTTP proxy?");
      }
      head.append((char) next);
      if (!mayBeHttp(head)) {
        // It may wait for more after a few bytes: what is there must do.
        byte[] there = in.readNBytes(Math.min(in.available(), LONGEST_HEAD));
        return head + new String(there, ISO_8859_1);
      }
    }
    return head.toString();
  }

  /** An empty line, whichever way lines end. */
  private static boolean isWhole(StringBuilder head) {
    String end = head.substring(Math.max(0, head.length() - 3));
    return end.endsWith("\n\n") || end.equals("\n\r\n");
  }

  private static boolean mayBeHttp(StringBuilder head) {
    String start = "HTTP/1.";
    int length = Math.min(head.length(), start.length());
    return start.startsWith(head.substring(0, length));
  }

  private ProxyException refused(int status, String answer, String target, List<String> head) {
    String what = "answered " + answer + " when asked for " + target;
    return switch (status) {
      // Some answer 401 to a wrong password.
      case 401, 407 -> refusal(what + ": " + wanted(head));
      case 403, 405 ->
          refusal(what + ": its rules do not let this machine connect to it, ask who runs it");
      case 500, 502, 503, 504 ->
          failure(what + ": it could not connect to it, check the cloud URI or ask who runs it");
      default -> refusal(what + ": ask who runs it");
    };
  }

  private String wanted(List<String> head) {
    List<String> schemes = schemes(head);
    if (!schemes.isEmpty() && schemes.stream().noneMatch("Basic"::equalsIgnoreCase)) {
      return "it wants "
          + shown(String.join(" or ", schemes))
          + ", and only Basic is spoken here: ask who runs it for that";
    }
    return authorization == null
        ? "it wants a user and a password, and none are set: set them"
        : "it does not accept the user and the password: check them";
  }

  /** One header may have several challenges (RFC 9110 section 11.6.1), which OkHttp can parse. */
  private static List<String> schemes(List<String> head) {
    Headers.Builder headers = new Headers.Builder();
    head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(CHALLENGE))
        .forEach(
            line ->
                headers.addUnsafeNonAscii(
                    "Proxy-Authenticate", line.substring(CHALLENGE.length()).strip()));
    return new Response.Builder()
            .request(new Request.Builder().url("http://proxy/").build())
            .protocol(Protocol.HTTP_1_1)
            .code(407)
            .message("")
            .headers(headers.build())
            .build()
            .challenges()
            .stream()
            .map(Challenge::scheme)
            .distinct()
            .toList();
  }
}
