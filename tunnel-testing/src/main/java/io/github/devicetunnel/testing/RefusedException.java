package io.github.devicetunnel.testing;

/** A request that is answered with an error. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ServiceError error;

  RefusedException(ServiceError error) {
    super(error.message());
    this.error = error;
  }

  ServiceError error() {
    return error;
  }
}
