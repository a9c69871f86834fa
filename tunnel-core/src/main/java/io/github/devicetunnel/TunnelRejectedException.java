package io.github.devicetunnel;

import io.github.devicetunnel.internal.cloud.ServiceError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cloud answered the request for a tunnel, and refused. Whatever it said is here; the message
 * holds the most of it in one line.
 */
public final class TunnelRejectedException extends TunnelException {
  private static final long serialVersionUID = 1L;

  private final int statusCode;
  private final ServiceError error;

  TunnelRejectedException(
      int statusCode, ServiceError error, CloseReason reason, @Nullable Duration retryAfter) {
    super(reason, RetryRule.allows(statusCode), retryAfter);
    this.statusCode = statusCode;
    this.error = error;
  }

  /** {@return the HTTP status; 101 when the answer was an upgrade, but not a correct one} */
  public int statusCode() {
    return statusCode;
  }

  /** {@return the service's word for the kind of error, such as {@code validation_error}} */
  public @Nullable String errorType() {
    return error.type();
  }

  /** {@return what the service said of the error, or the title of a load balancer's page} */
  public @Nullable String serviceMessage() {
    return error.message();
  }

  /** {@return the number under which the service's operators find this request} */
  public @Nullable String requestId() {
    return error.requestId();
  }

  @Override
  Object writeReplace() {
    return SerializableCause.copyTraces(
        this,
        new TunnelRejectedException(statusCode, error, reason().serializable(), retryAfter()));
  }
}
