package io.github.devicetunnel.jwt;

import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The cloud answered the upload of a verification key, and refused. Whatever it said is here; the
 * message holds the most of it in one line.
 */
public final class VerificationKeyRejectedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int statusCode;
  private final ServiceError error;

  VerificationKeyRejectedException(String message, int statusCode, ServiceError error) {
    super(message);
    this.statusCode = statusCode;
    this.error = error;
  }

  /** {@return the HTTP status} */
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
}
