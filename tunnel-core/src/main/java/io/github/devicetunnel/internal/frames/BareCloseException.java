package io.github.devicetunnel.internal.frames;

import java.io.EOFException;

/**
 * Thrown when the peer closed the connection between two messages without a close frame. RFC 6455
 * section 7.1.5 assigns the code {@link CloseCode#ABNORMAL} to such an end.
 */
public final class BareCloseException extends EOFException {
  private static final long serialVersionUID = 1L;

  BareCloseException() {
    super("the connection ended without a close frame");
  }
}
