package io.github.devicetunnel.testing;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockResponse;
import org.jspecify.annotations.Nullable;

/**
 * An error response to an upgrade request: a status with the JSON body that the service documents,
 * or with an HTML page like those of load balancers. Immutable; each method returns a new object.
 * Create one with {@link Fault#refuse}.
 */
public final class Refusal implements Fault, Serializable {
  private static final long serialVersionUID = 1L;

  private final ServiceError error;
  private final @Nullable String html;
  private final @Nullable Duration retryAfter;

  private Refusal(ServiceError error, @Nullable String html, @Nullable Duration retryAfter) {
    this.error = error;
    this.html = html;
    this.retryAfter = retryAfter;
  }

  static Refusal of(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status must be from 200 to 599, but is " + status);
    }
    return of(
        new ServiceError(status, ServiceError.type(status), "Ordered by the test", List.of()));
  }

  static Refusal of(ServiceError error) {
    return new Refusal(error, null, null);
  }

  ServiceError error() {
    return error;
  }

  /** {@return the HTTP status of the response} */
  public int status() {
    return error.code();
  }

  /**
   * Sets the machine-readable error type.
   *
   * @param value the error type. Default: {@code validation_error}, {@code unauthorized}, {@code
   *     forbidden} or {@code not_found} for the statuses 400, 401, 403 and 404, otherwise {@code
   *     error}
   * @return a new error response
   */
  public Refusal type(String value) {
    return with(new ServiceError(error.code(), value, error.message(), error.fields()));
  }

  /**
   * Sets the error message.
   *
   * @param value the message for people. Default: {@code Ordered by the test}
   * @return a new error response
   */
  public Refusal message(String value) {
    return with(new ServiceError(error.code(), error.type(), value, error.fields()));
  }

  /**
   * Adds an invalid field of the request.
   *
   * @param name the name of the field
   * @param message the message for people
   * @return a new error response
   */
  public Refusal field(String name, String message) {
    List<ServiceError.Field> fields = new ArrayList<>(error.fields());
    fields.add(new ServiceError.Field(name, message));
    return with(new ServiceError(error.code(), error.type(), error.message(), List.copyOf(fields)));
  }

  /**
   * Sets an HTML page that replaces the JSON body, like that of a load balancer in front of the
   * service.
   *
   * @param page the complete body
   * @return a new error response
   */
  public Refusal html(String page) {
    return new Refusal(error, Objects.requireNonNull(page, "page is null"), retryAfter);
  }

  /**
   * Adds a {@code Retry-After} header.
   *
   * @param time the delay, rounded up to whole seconds
   * @return a new error response
   * @throws IllegalArgumentException if the time is negative
   */
  public Refusal retryAfter(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("retryAfter must not be negative, but is " + time);
    }
    return new Refusal(error, html, time);
  }

  private Refusal with(ServiceError changed) {
    return new Refusal(changed, html, retryAfter);
  }

  MockResponse toResponse() {
    MockResponse.Builder response = new MockResponse.Builder().code(error.code());
    if (html == null) {
      response.setHeader("Content-Type", "application/json").body(error.toJson());
    } else {
      response.setHeader("Content-Type", "text/html; charset=utf-8").body(html);
    }
    if (retryAfter != null) {
      response.setHeader("Retry-After", retryAfter.plusNanos(999_999_999).toSeconds());
    }
    return response.build();
  }

  @Override
  public String toString() {
    return "Refusal[" + error.code() + " " + (html == null ? error.type() : "page") + "]";
  }
}
