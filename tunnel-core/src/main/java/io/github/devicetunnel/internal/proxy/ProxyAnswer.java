package io.github.devicetunnel.internal.proxy;

import java.util.List;
import java.util.Locale;
import okhttp3.Challenge;
import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The head of a response to CONNECT.
 *
 * @param lines the status line and the header fields
 */
record ProxyAnswer(int status, List<String> lines) {
  /** Maximum length of a body to skip. Skipping a longer body costs more than a new connection. */
  private static final int MAX_BODY = 64 << 10;

  private static final String CHALLENGE = "Proxy-Authenticate";

  /** Returns the status line without the HTTP version. */
  String statusLine() {
    return lines.get(0).substring("HTTP/1.1 ".length());
  }

  /**
   * Returns the challenges. One header may contain several (RFC 9110 section 11.6.1); OkHttp parses
   * them.
   */
  List<Challenge> challenges() {
    Headers.Builder headers = new Headers.Builder();
    values(CHALLENGE).forEach(value -> headers.addUnsafeNonAscii(CHALLENGE, value));
    return new Response.Builder()
        .request(new Request.Builder().url("http://proxy/").build())
        .protocol(Protocol.HTTP_1_1)
        .code(407)
        .message("")
        .headers(headers.build())
        .build()
        .challenges();
  }

  /** Returns the length of the body, or -1 if another request requires a new connection. */
  int bodyLength() {
    List<String> lengths = values("Content-Length");
    boolean ends =
        values("Connection").stream()
            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
    if (ends
        || lengths.size() != 1
        || !lengths.get(0).matches("\\d{1,5}")
        || !values("Transfer-Encoding").isEmpty()
        || !lines.get(0).startsWith("HTTP/1.1")) {
      return -1;
    }
    int length = Integer.parseInt(lengths.get(0));
    return length <= MAX_BODY ? length : -1;
  }

  private List<String> values(String name) {
    String start = name.toLowerCase(Locale.ROOT) + ":";
    return lines.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .toList();
  }
}
