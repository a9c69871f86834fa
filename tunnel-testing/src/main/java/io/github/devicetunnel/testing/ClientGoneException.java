package io.github.devicetunnel.testing;

import java.io.IOException;

/** What a handler gets that writes to a client which has gone. */
final class ClientGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  ClientGoneException() {
    super("the client of this tunnel has gone");
  }
}
