package io.github.devicetunnel.websocket;

import java.net.ProtocolException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server answered the request, but not with a websocket. A {@link ProtocolException}, because
 * OkHttp repeats nothing after one of those.
 */
public final class UpgradeRefusedException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String contentType;
  private final String body;
  private final @Nullable String location;
  private final @Nullable Duration retryAfter;

  UpgradeRefusedException(
      int status,
      String contentType,
      String body,
      @Nullable String location,
      String message,
      @Nullable Duration retryAfter) {
    super(message);
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.location = location;
    this.retryAfter = retryAfter;
  }

  /** The HTTP status; 101 when the answer was an upgrade, but not a correct one. */
  public int status() {
    return status;
  }

  /** The content type of the answer, empty when it had none. */
  public String contentType() {
    return contentType;
  }

  /** The beginning of the answer's body. */
  public String body() {
    return body;
  }

  /** Where a redirect wanted to send us. */
  public @Nullable String location() {
    return location;
  }

  /** When the server takes another request, if it said so. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
