package io.github.devicetunnel.testing;

import java.util.List;

/** Thrown by a {@link TokenCheck} to reject the upgrade request of a tunnel with an HTTP error. */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Fault.Rejection rejection;

  /**
   * Creates an exception with a custom response.
   *
   * @param rejection the response to the request
   */
  public RejectedException(Fault.Rejection rejection) {
    super(rejection.toString());
    this.rejection = rejection;
  }

  private RejectedException(int status, String message, List<ServiceError.Field> fields) {
    super(message);
    this.rejection =
        Fault.Rejection.of(new ServiceError(status, ServiceError.type(status), message, fields));
  }

  /**
   * Creates an exception for an invalid token: 401, {@code unauthorized}.
   *
   * @param message the error message in the response
   * @return the exception to throw
   */
  public static RejectedException unauthorized(String message) {
    return new RejectedException(401, message, List.of());
  }

  /**
   * Creates an exception for a valid token that does not open this tunnel: 403, {@code forbidden}.
   *
   * @param message the error message in the response
   * @return the exception to throw
   */
  public static RejectedException forbidden(String message) {
    return new RejectedException(403, message, List.of());
  }

  static RejectedException notFound(String message) {
    return new RejectedException(404, message, List.of());
  }

  static RejectedException invalid(String name, String message) {
    return invalid(List.of(new ServiceError.Field(name, message)));
  }

  static RejectedException invalid(List<ServiceError.Field> fields) {
    return new RejectedException(400, "Validation error", fields);
  }

  /** {@return the response to the request} */
  public Fault.Rejection rejection() {
    return rejection;
  }
}
