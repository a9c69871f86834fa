package io.github.devicetunnel.internal.upgrade;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;

/**
 * Reports that a connection from the pool gave no answer, so it is closed and the request can be
 * sent on a new one. A {@link ProtocolException}, because OkHttp would send the request on another
 * connection from the pool after any other.
 */
final class DeadConnectionException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  DeadConnectionException(IOException cause) {
    super("an idle connection to the cloud gave no answer: " + cause.getMessage());
    initCause(cause);
  }

  /** Whether the connection stayed silent, and was neither closed nor reset by the other end. */
  boolean isSilent() {
    return getCause() instanceof SocketTimeoutException;
  }
}
