package io.github.devicetunnel.testing;

import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketHandler;
import okhttp3.Headers;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** The HTTP part of the websocket opening handshake (RFC 6455 section 4.2). */
final class Handshake {
  /** RFC 6455 section 1.3. */
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Handshake() {}

  /** Checks that a request is a valid websocket upgrade. */
  static void check(RecordedRequest request) throws RejectedException {
    Headers headers = request.getHeaders();
    List<ServiceError.Field> wrong = new ArrayList<>();
    if (!request.getMethod().equals("GET")) {
      wrong.add(new ServiceError.Field("method", "must be GET"));
    }
    if (!hasToken(headers, "Connection", "upgrade")) {
      wrong.add(new ServiceError.Field("Connection", "must be 'Upgrade'"));
    }
    if (!hasToken(headers, "Upgrade", "websocket")) {
      wrong.add(new ServiceError.Field("Upgrade", "must be 'websocket'"));
    }
    if (!"13".equals(headers.get("Sec-WebSocket-Version"))) {
      wrong.add(new ServiceError.Field("Sec-WebSocket-Version", "must be 13"));
    }
    if (!isKey(headers.get("Sec-WebSocket-Key"))) {
      wrong.add(new ServiceError.Field("Sec-WebSocket-Key", "must be 16 bytes in base64 encoding"));
    }
    if (!wrong.isEmpty()) {
      throw RejectedException.invalid(wrong);
    }
  }

  /**
   * Returns the response to a valid request. The handler takes over the connection after the
   * response.
   */
  static MockResponse response(RecordedRequest request, SocketHandler handler) {
    String key = request.getHeaders().get("Sec-WebSocket-Key");
    return new MockResponse.Builder()
        .status("HTTP/1.1 101 Switching Protocols")
        .clearHeaders()
        .setHeader("Upgrade", "websocket")
        .setHeader("Connection", "Upgrade")
        .setHeader("Sec-WebSocket-Accept", accept(String.valueOf(key)))
        .socketHandler(handler)
        .build();
  }

  private static String accept(String key) {
    return ByteString.encodeUtf8(key + ACCEPT_SUFFIX).sha1().base64();
  }

  private static boolean hasToken(Headers headers, String name, String token) {
    return headers.values(name).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  private static boolean isKey(@Nullable String key) {
    ByteString bytes = key == null ? null : ByteString.decodeBase64(key);
    return bytes != null && bytes.size() == 16;
  }
}
