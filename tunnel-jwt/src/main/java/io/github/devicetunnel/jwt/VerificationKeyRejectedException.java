package io.github.devicetunnel.jwt;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The cloud answered the upload of a verification key, and refused. Whatever it said is here; the
 * message holds the most of it in one line.
 */
public final class VerificationKeyRejectedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int statusCode;
  private final transient ErrorAnswer answer;

  VerificationKeyRejectedException(String asked, int statusCode, ErrorAnswer answer) {
    super(answer.describe(asked, statusCode));
    this.statusCode = statusCode;
    this.answer = answer;
  }

  /** {@return the HTTP status} */
  public int statusCode() {
    return statusCode;
  }

  /** {@return the service's word for the kind of error, such as {@code validation_error}} */
  public @Nullable String errorType() {
    return answer.type();
  }

  /** {@return what the service said of the error, or the title of a load balancer's page} */
  public @Nullable String serviceMessage() {
    return answer.message();
  }

  /** {@return the number under which the service's operators find this request} */
  public @Nullable String requestId() {
    return answer.requestId();
  }
}
