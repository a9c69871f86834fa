package io.github.devicetunnel.directory;

import io.github.devicetunnel.internal.cloud.ServiceError;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the device directory cannot be read: it rejects the request, its answer is invalid,
 * or there is no answer. The message describes the cause and the fix in one line.
 */
public final class DirectoryException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_MESSAGE = 2 * OneLine.MAX_FOREIGN;
  private static final int OK = 200;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;

  private final int statusCode;
  private final boolean retryable;
  private final @Nullable ServiceError error;
  private final @Nullable Duration retryAfter;

  private DirectoryException(
      String message,
      int statusCode,
      boolean retryable,
      @Nullable ServiceError error,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(OneLine.of(message, MAX_MESSAGE), cause);
    this.statusCode = statusCode;
    this.retryable = retryable;
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /** Returns the exception for a response with an error status. */
  static DirectoryException rejected(
      String message, int statusCode, ServiceError error, @Nullable Duration retryAfter) {
    boolean retryable =
        statusCode == REQUEST_TIMEOUT || statusCode == TOO_MANY_REQUESTS || statusCode >= 500;
    return new DirectoryException(message, statusCode, retryable, error, retryAfter, null);
  }

  /** Returns the exception for an answer that is invalid. */
  static DirectoryException invalid(String message, @Nullable Throwable cause) {
    return new DirectoryException(message, OK, false, null, null, cause);
  }

  /** Returns the exception for an answer whose end is missing. */
  static DirectoryException incomplete(String message, Throwable cause) {
    return new DirectoryException(message, OK, true, null, null, cause);
  }

  /** Returns the exception for a request without an answer. */
  static DirectoryException unanswered(String message, boolean retryable, Throwable cause) {
    return new DirectoryException(message, 0, retryable, null, null, cause);
  }

  /** {@return the HTTP status; 200 if the answer was invalid; 0 if there was no answer} */
  public int statusCode() {
    return statusCode;
  }

  /** {@return the type of the error from the cloud, such as {@code access_denied}, or null} */
  public @Nullable String errorType() {
    return error == null ? null : error.type();
  }

  /** {@return the error message from the cloud, or the title of a load balancer's page, or null} */
  public @Nullable String serviceMessage() {
    return error == null ? null : error.message();
  }

  /** {@return the ID by which the operators of the cloud can find this request, or null} */
  public @Nullable String requestId() {
    return error == null ? null : error.requestId();
  }

  /**
   * Returns whether the same request may succeed later without a change by the user: after status
   * 408, 429 and 5xx, after a lost connection or timeout, and if the cloud could not be reached for
   * a reason that may pass.
   *
   * @return true if another attempt makes sense; see {@link #retryAfter}
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
}
