package io.github.devicetunnel.internal.upgrade;

import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the response to an upgrade was not a correct 101. This is a {@link
 * ProtocolException}, because OkHttp never repeats a request after one.
 */
public final class UpgradeRejectedException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String body;
  private final @Nullable String location;
  private final @Nullable String server;

  @SuppressWarnings("serial") // List.copyOf returns a serializable list
  private final List<String> schemes;

  private final @Nullable Duration retryAfter;

  UpgradeRejectedException(
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

  /** Returns the HTTP status, which is 101 if the response was an incorrect upgrade. */
  public int status() {
    return status;
  }

  /** Returns the beginning of the decoded response body, or an empty string if it is not text. */
  public String body() {
    return body;
  }

  /** Returns the target of a redirect, or null. */
  public @Nullable String location() {
    return location;
  }

  /** Returns the header Server, or else Via, unchanged, or null if the response has neither. */
  public @Nullable String server() {
    return server;
  }

  /** Returns the authentication schemes that the server requires (RFC 9110 section 11.6.1). */
  public List<String> schemes() {
    return schemes;
  }

  /** Returns the delay that the server requests before the next request, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
