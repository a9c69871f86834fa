package io.github.devicetunnel.jwt;

import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An error response of the cloud to the upload of a verification key. The message summarizes the
 * response in one line.
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

  /** {@return the HTTP status code of the response} */
  public int statusCode() {
    return statusCode;
  }

  /** {@return the error type, such as {@code validation_error}; null if the response has none} */
  public @Nullable String errorType() {
    return error.type();
  }

  /**
   * {@return the error message of the cloud, or the title of a load balancer's HTML page; null if
   * the response has neither}
   */
  public @Nullable String serviceMessage() {
    return error.message();
  }

  /**
   * {@return the request ID, for a support request to the operators; null if the response has none}
   */
  public @Nullable String requestId() {
    return error.requestId();
  }
}
