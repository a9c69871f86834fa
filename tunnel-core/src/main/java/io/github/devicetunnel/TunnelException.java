package io.github.devicetunnel;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a tunnel cannot be opened, or when a read or write fails because the tunnel has
 * ended. Serializable: a cause that is not serializable is replaced by one with its class name and
 * message.
 */
public class TunnelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final CloseReason reason;
  private final boolean retryable;
  private final @Nullable Duration retryAfter;

  TunnelException(CloseReason reason) {
    this(reason, RetryRule.allows(reason), null);
  }

  TunnelException(CloseReason reason, boolean retryable, @Nullable Duration retryAfter) {
    super(reason.message(), reason.cause());
    this.reason = reason;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  /** {@return the reason why the connection ended} */
  public CloseReason reason() {
    return reason;
  }

  /**
   * Returns whether the same dial may succeed later without a change by the user.
   *
   * <table>
   * <caption>Retryable failures</caption>
   * <tr><th>true</th><th>false</th></tr>
   * <tr><td>the cloud or the proxy cannot be reached, or a timeout passed</td>
   *     <td>the proxy rejected the request</td></tr>
   * <tr><td>HTTP status 404, which includes a gateway that is offline, 408, 429, 5xx</td>
   *     <td>any other HTTP status, such as 400, 401 and 403; an incorrect upgrade</td></tr>
   * <tr><td>the token source failed with an {@link IOException} or timed out</td>
   *     <td>an unusable token; a token source that failed otherwise</td></tr>
   * <tr><td>the connection was lost during the TLS handshake</td>
   *     <td>a certificate or the TLS version was not accepted</td></tr>
   * <tr><td>an open tunnel was closed by the service or the cloud, was lost, or timed out</td>
   *     <td>the cloud broke the websocket protocol, or closed with one of the codes 1002, 1003 and
   *     1007 to 1010 (RFC 6455 section 7.4.1)</td></tr>
   * <tr><td>the heap has no room for another tunnel</td>
   *     <td>the local side closed the tunnel; an unexpected failure</td></tr>
   * </table>
   *
   * @return true if another attempt makes sense; the caller decides when and how often, see {@link
   *     #retryAfter}
   */
  public boolean isRetryable() {
    return retryable;
  }

  /**
   * Returns how long to wait before another attempt, from the header {@code Retry-After} of a
   * response with status 429 or 503 (RFC 9110 section 10.2.3).
   *
   * @return from zero to five minutes; longer values are reduced to five minutes; null if the cloud
   *     sent no such value
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /**
   * Returns a copy with serializable causes. Subclasses override this method to keep their type.
   */
  Object writeReplace() {
    return SerializableCause.copyTraces(
        this, new TunnelException(reason.serializable(), retryable, retryAfter));
  }
}
