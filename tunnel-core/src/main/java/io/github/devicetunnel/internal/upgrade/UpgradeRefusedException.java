package io.github.devicetunnel.internal.upgrade;

import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server answered the request, but not with a websocket. A {@link ProtocolException}, because
 * OkHttp repeats nothing after one of those.
 */
public final class UpgradeRefusedException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String body;
  private final @Nullable String location;
  private final @Nullable String server;
  private final List<String> schemes;
  private final @Nullable Duration retryAfter;

  UpgradeRefusedException(
      int status,
      String body,
      @Nullable String location,
      @Nullable String server,
      List<String> schemes,
      String message,
      @Nullable Duration retryAfter) {
    super(message);
    this.status = status;
    this.body = body;
    this.location = location;
    this.server = server;
    this.schemes = List.copyOf(schemes);
    this.retryAfter = retryAfter;
  }

  /** The HTTP status; 101 when the answer was an upgrade, but not a correct one. */
  public int status() {
    return status;
  }

  /** The beginning of the answer's body, decoded; empty when it is not text. */
  public String body() {
    return body;
  }

  /** Where a redirect wanted to send us. */
  public @Nullable String location() {
    return location;
  }

  /** The name of the server in the header Server, or else Via; as it was sent. */
  public @Nullable String server() {
    return server;
  }

  /** The authentication schemes that the server requires (RFC 9110 section 11.6.1). */
  public List<String> schemes() {
    return schemes;
  }

  /** When the server takes another request, if it said so. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
