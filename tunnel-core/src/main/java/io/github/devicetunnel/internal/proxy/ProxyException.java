package io.github.devicetunnel.internal.proxy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a proxy could not be reached or did not open the connection. The message is complete
 * and names the proxy.
 */
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean rejection;
  private final boolean answerable;

  ProxyException(String message, boolean rejection, @Nullable Throwable cause) {
    this(message, rejection, false, cause);
  }

  private ProxyException(
      String message, boolean rejection, boolean answerable, @Nullable Throwable cause) {
    super(message, cause);
    this.rejection = rejection;
    this.answerable = answerable;
  }

  /**
   * Returns the same failure, marked as a challenge that a request on a new connection can answer.
   */
  ProxyException withAnswerToChallenge() {
    return new ProxyException(String.valueOf(getMessage()), rejection, true, getCause());
  }

  /** Returns whether a request on a new connection can answer the proxy's challenge. */
  public boolean isAnswerable() {
    return answerable;
  }

  /** Returns whether the failure is permanent: the same request would fail again. */
  public boolean isRejection() {
    return rejection;
  }
}
