package io.github.devicetunnel.testing;

import java.io.IOException;

/** Thrown when a handler writes to a client that has gone. */
final class ClientGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  ClientGoneException() {
    super("the client of this tunnel has disconnected");
  }
}
