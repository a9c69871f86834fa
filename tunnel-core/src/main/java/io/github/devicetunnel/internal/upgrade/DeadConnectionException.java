package io.github.devicetunnel.internal.upgrade;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;

/**
 * Thrown when a pooled connection did not answer. The connection has been closed, and the request
 * can be sent on a new one. This is a {@link ProtocolException}, because after any other exception
 * OkHttp would send the request on another pooled connection.
 */
final class DeadConnectionException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  DeadConnectionException(IOException cause) {
    super("an idle connection to the cloud did not answer: " + cause.getMessage());
    initCause(cause);
  }

  /**
   * Returns whether the connection stayed silent, as opposed to being closed or reset by the peer.
   */
  boolean isSilent() {
    return getCause() instanceof SocketTimeoutException;
  }
}
