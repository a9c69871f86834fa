package io.github.devicetunnel.internal.upgrade;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import okhttp3.Headers;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The checks of RFC 6455 section 4.1 for a 101 response. */
final class UpgradeAnswer {
  /** RFC 6455 section 1.3. */
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final String PROTOCOL = "Sec-WebSocket-Protocol";
  private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

  private UpgradeAnswer() {}

  /** Returns a description of the first violated rule, or null if the response is correct. */
  static @Nullable String defect(Request request, Response response) {
    if (!"websocket".equalsIgnoreCase(response.header("Upgrade"))) {
      return "the header Upgrade is " + quoted(response.header("Upgrade"));
    }
    if (response.socket() == null) {
      return connectionDefect(response.headers());
    }
    String key = requireNonNull(request.header("Sec-WebSocket-Key"));
    if (!acceptFor(key).equals(trimmed(response.header("Sec-WebSocket-Accept")))) {
      return "the header Sec-WebSocket-Accept does not match the key of the request";
    }
    List<String> extensions = elements(response.headers(), EXTENSIONS);
    if (!extensions.isEmpty()) {
      return "the server selected the extension "
          + quoted(String.join(", ", extensions))
          + ", but none was offered";
    }
    return defect(elements(request.headers(), PROTOCOL), elements(response.headers(), PROTOCOL));
  }

  /** Returns the reason why OkHttp provides no socket. */
  private static String connectionDefect(Headers headers) {
    List<String> options = elements(headers, "Connection");
    String start =
        "the header Connection is " + quoted(options.isEmpty() ? null : String.join(", ", options));
    return options.stream().anyMatch("upgrade"::equalsIgnoreCase)
        ? start
            + ", but a list is only supported over wss, or without a socket factory and SOCKS proxy"
            + " of an OkHttpClient; use wss"
        : start + ", without the option Upgrade (RFC 6455 section 4.1)";
  }

  /** Checks the subprotocol. A server may also select none of the offered names. */
  private static @Nullable String defect(List<String> offered, List<String> selected) {
    if (selected.size() > 1) {
      return "the server selected the subprotocols "
          + quoted(selected)
          + ", but may select at most one (RFC 6455 section 4.1)";
    }
    if (selected.isEmpty() || offered.contains(selected.get(0))) {
      return null;
    }
    String start = "the server selected the subprotocol " + quoted(selected);
    if (offered.isEmpty()) {
      return start
          + ", but none was offered (RFC 6455 section 4.1); offer it with the setting subprotocol";
    }
    return start
        + ", but only "
        + quoted(offered)
        + (offered.size() == 1 ? " was" : " were")
        + " offered (RFC 6455 section 4.1)";
  }

  /** Returns the elements of a list that may span several fields (RFC 9110 section 5.6.1). */
  private static List<String> elements(Headers headers, String name) {
    List<String> elements = new ArrayList<>();
    for (String value : headers.values(name)) {
      for (String element : value.split(",", -1)) {
        if (!element.isBlank()) {
          elements.add(element.strip());
        }
      }
    }
    return elements;
  }

  private static String quoted(List<String> elements) {
    return elements.stream().map(UpgradeAnswer::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(@Nullable String header) {
    return header == null ? "missing" : "\"" + header + "\"";
  }

  private static @Nullable String trimmed(@Nullable String header) {
    return header == null ? null : header.trim();
  }

  /** Returns the value of Sec-WebSocket-Accept that RFC 6455 section 4.2.2 requires for a key. */
  static String acceptFor(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-1", e);
    }
  }
}
