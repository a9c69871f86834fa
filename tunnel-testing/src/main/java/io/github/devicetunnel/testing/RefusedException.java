package io.github.devicetunnel.testing;

/** Thrown by a {@link TokenCheck} to reject the upgrade request of a tunnel with an HTTP error. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  /**
   * Creates an exception with a custom response.
   *
   * @param refusal the response to the request
   */
  public RefusedException(Refusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  RefusedException(ServiceError error) {
    super(error.message());
    this.refusal = Refusal.of(error);
  }

  /**
   * Creates an exception for an invalid token: 401, {@code unauthorized}.
   *
   * @param message the error message in the response
   * @return the exception to throw
   */
  public static RefusedException unauthorized(String message) {
    return ServiceError.notAuthenticated(message);
  }

  /**
   * Creates an exception for a valid token that does not open this tunnel: 403, {@code forbidden}.
   *
   * @param message the error message in the response
   * @return the exception to throw
   */
  public static RefusedException forbidden(String message) {
    return ServiceError.accessDenied(message);
  }

  /** {@return the response to the request} */
  public Refusal refusal() {
    return refusal;
  }
}
