package io.github.devicetunnel;

import io.github.devicetunnel.internal.cloud.ServiceError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the cloud rejects the upgrade. Contains the details of the response; the message
 * summarizes them in one line.
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

  /** {@return the HTTP status; 101 if the response was an incorrect upgrade} */
  public int statusCode() {
    return statusCode;
  }

  /** {@return the type of the error from the cloud, such as {@code validation_error}} */
  public @Nullable String errorType() {
    return error.type();
  }

  /** {@return the error message from the cloud, or the title of a load balancer's error page} */
  public @Nullable String serviceMessage() {
    return error.message();
  }

  /** {@return the ID by which the operators of the cloud can find this request} */
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
