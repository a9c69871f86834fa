package io.github.devicetunnel.testing;

/** A request for a tunnel that is answered with an error: what a {@link TokenCheck} throws. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  /**
   * A refusal in every detail.
   *
   * @param refusal the answer
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
   * The answer to a token that proves nothing: 401, {@code unauthorized}.
   *
   * @param message for people
   * @return an exception to be thrown
   */
  public static RefusedException unauthorized(String message) {
    return ServiceError.notAuthenticated(message);
  }

  /**
   * The answer to a good token that does not open this tunnel: 403, {@code forbidden}.
   *
   * @param message for people
   * @return an exception to be thrown
   */
  public static RefusedException forbidden(String message) {
    return ServiceError.accessDenied(message);
  }

  /** {@return the answer} */
  public Refusal refusal() {
    return refusal;
  }
}
