package io.github.devicetunnel.internal.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.internal.net.Product;
import io.github.devicetunnel.internal.text.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import okhttp3.Challenge;
import okhttp3.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that opens connections by CONNECT (RFC 9110 section 9.3.6). Supports Basic
 * authentication, and Digest if the proxy requires it. Thread-safe. See
 * docs/rationale/tls-and-proxies.md.
 */
public final class HttpProxy extends ProxyServer {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3})( .*)?");
  private static final int MAX_HEAD = 16 << 10;

  /** Type and first version byte of a TLS record (RFC 8446 section 5.1). */
  private static final String TLS_ALERT = "\u0015\u0003";

  /** The only 1xx status that is not followed by another response (RFC 9110 section 15.2). */
  private static final int SWITCHING_PROTOCOLS = 101;

  private static final int UNAUTHENTICATED = 407;
  private static final String AUTHORIZATION = "Proxy-Authorization: ";

  private final boolean tls;
  private final @Nullable String user;
  private final String password;

  /** The last challenge, so that later requests need only one round trip. */
  private volatile @Nullable ProxyDigest digest;

  /**
   * Creates the description of a proxy.
   *
   * @param tls whether the connection to the proxy itself uses TLS (RFC 9110 section 4.2.2)
   * @param user null for no authentication
   * @param password the password of the user
   */
  public HttpProxy(boolean tls, String host, int port, @Nullable String user, String password) {
    super(host, port);
    this.tls = tls;
    this.user = user;
    this.password = password;
  }

  @Override
  public boolean usesTls() {
    return tls;
  }

  @Override
  void openConnection(InputStream in, OutputStream out, String host, int port) throws IOException {
    String target = HostPort.of(host, port);
    ProxyAnswer answer = request(in, out, target);
    boolean challenged = answer.status() == UNAUTHENTICATED && accepts(answer);
    if (challenged && skipBody(in, answer.bodyLength())) {
      challenged = false;
      answer = request(in, out, target);
    }
    if (answer.status() / 100 != 2) {
      ProxyException rejected = rejected(answer, target);
      throw challenged ? rejected.withAnswerToChallenge() : rejected;
    }
  }

  private ProxyAnswer request(InputStream in, OutputStream out, String target) throws IOException {
    StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\n");
    request.append("Host: ").append(target).append("\r\n");
    request.append("User-Agent: ").append(Product.USER_AGENT).append("\r\n");
    ProxyDigest known = digest;
    if (known != null) {
      request.append(AUTHORIZATION).append(known.authorization(target)).append("\r\n");
    } else if (user != null) {
      String basic = Credentials.basic(user, password, UTF_8);
      request.append(AUTHORIZATION).append(basic).append("\r\n");
    }
    out.write(request.append("\r\n").toString().getBytes(UTF_8));
    ProxyAnswer answer;
    do {
      List<String> head = readHead(in, target).lines().toList();
      answer = new ProxyAnswer(status(head, target), head);
    } while (answer.status() / 100 == 1 && answer.status() != SWITCHING_PROTOCOLS);
    return answer;
  }

  /**
   * Returns whether a second request with Digest can answer the challenge. Returns false if the
   * proxy offers Basic, whose credentials are sent without a challenge.
   */
  private boolean accepts(ProxyAnswer answer) {
    List<Challenge> challenges = answer.challenges();
    if (user == null || challenges.stream().anyMatch(HttpProxy::isBasic)) {
      return false;
    }
    ProxyDigest fresh = ProxyDigest.of(challenges, user, password);
    digest = fresh;
    return fresh != null;
  }

  private static boolean isBasic(Challenge challenge) {
    return challenge.scheme().equalsIgnoreCase("Basic");
  }

  /** Skips the response body. Returns whether another request may follow on the connection. */
  private static boolean skipBody(InputStream in, int length) throws IOException {
    return length >= 0 && in.readNBytes(length).length == length;
  }

  private int status(List<String> head, String target) throws IOException {
    String statusLine = head.isEmpty() ? "" : head.get(0);
    Matcher matcher = STATUS_LINE.matcher(statusLine);
    if (statusLine.startsWith(TLS_ALERT)) {
      throw rejection(
          "answered the request for " + target + " with TLS; use https:// for the proxy");
    }
    if (!matcher.matches()) {
      throw rejection(
          "did not answer the request for "
              + target
              + " in HTTP/1: \""
              + shown(statusLine)
              + "\"; check that it is an HTTP proxy");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Reads byte by byte, because the bytes after the head belong to the tunnel. */
  private String readHead(InputStream in, String target) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!isWhole(head)) {
      int next = in.read();
      if (next < 0) {
        throw failure(
            "closed the connection during the request for "
                + target
                + "; check that it is an HTTP proxy");
      }
      if (head.length() == MAX_HEAD) {
        throw rejection(
            "answered the request for "
                + target
                + " with more than 16 KiB; check that it is an HTTP proxy");
      }
      head.append((char) next);
      if (!mayBeHttp(head)) {
        // Take only available bytes: the peer may send nothing more.
        byte[] there = in.readNBytes(Math.min(in.available(), MAX_HEAD));
        return head + new String(there, ISO_8859_1);
      }
    }
    return head.toString();
  }

  /** Returns whether the head ends with an empty line, with either line ending. */
  private static boolean isWhole(StringBuilder head) {
    String end = head.substring(Math.max(0, head.length() - 3));
    return end.endsWith("\n\n") || end.equals("\n\r\n");
  }

  private static boolean mayBeHttp(StringBuilder head) {
    String start = "HTTP/1.";
    int length = Math.min(head.length(), start.length());
    return start.startsWith(head.substring(0, length));
  }

  private ProxyException rejected(ProxyAnswer answer, String target) {
    String what = "rejected the connection to " + target + " with " + shown(answer.statusLine());
    return switch (answer.status()) {
      // Some proxies answer a wrong password with 401.
      case 401, UNAUTHENTICATED -> rejection(what + ": " + credentialDefect(answer.challenges()));
      case 403, 405 ->
          rejection(what + ": its rules do not allow the connection; ask its administrator");
      case 500, 502, 503, 504 ->
          failure(what + ": it could not connect; check the cloud URI, or ask its administrator");
      default -> rejection(what + "; ask its administrator");
    };
  }

  private String credentialDefect(List<Challenge> challenges) {
    if (!challenges.isEmpty()
        && challenges.stream().noneMatch(HttpProxy::isBasic)
        && ProxyDigest.of(challenges, "", "") == null) {
      String schemes =
          challenges.stream().map(Challenge::scheme).distinct().collect(Collectors.joining(" or "));
      return "it requires "
          + shown(schemes)
          + ", but only Basic and Digest (MD5 or SHA-256, qop=auth) are supported; use a local"
          + " proxy such as cntlm or px that authenticates to it";
    }
    return user == null
        ? "it requires a user name and password, but none are set; set both"
        : "it does not accept the user name and password; check both";
  }
}
