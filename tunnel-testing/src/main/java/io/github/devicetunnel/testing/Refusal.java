package io.github.devicetunnel.testing;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockResponse;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is no upgrade: a status with the JSON body that the service documents, or with a
 * page as load balancers send it. Immutable; every method makes a new one. Begin with {@link
 * Fault#refuse}.
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

  /** {@return the HTTP status} */
  public int status() {
    return error.code();
  }

  /**
   * Says what kind of error it is.
   *
   * @param value for programs; by default {@code validation_error}, {@code unauthorized}, {@code
   *     forbidden} or {@code not_found} where the status has one of them, and {@code error}
   *     otherwise
   * @return a new refusal
   */
  public Refusal type(String value) {
    return with(new ServiceError(error.code(), value, error.message(), error.fields()));
  }

  /**
   * Says what is wrong.
   *
   * @param value for people; {@code Ordered by the test} by default
   * @return a new refusal
   */
  public Refusal message(String value) {
    return with(new ServiceError(error.code(), error.type(), value, error.fields()));
  }

  /**
   * Says what is wrong with one part of the request, besides those that were named before.
   *
   * @param name of the part
   * @param message for people
   * @return a new refusal
   */
  public Refusal field(String name, String message) {
    List<ServiceError.Field> fields = new ArrayList<>(error.fields());
    fields.add(new ServiceError.Field(name, message));
    return with(new ServiceError(error.code(), error.type(), error.message(), List.copyOf(fields)));
  }

  /**
   * Sends a page in place of the JSON, as a load balancer before the service does.
   *
   * @param page the whole body
   * @return a new refusal
   */
  public Refusal html(String page) {
    return new Refusal(error, Objects.requireNonNull(page, "page is null"), retryAfter);
  }

  /**
   * Adds the header {@code Retry-After}.
   *
   * @param time in whole seconds, rounded up
   * @return a new refusal
   * @throws IllegalArgumentException when it is negative
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
