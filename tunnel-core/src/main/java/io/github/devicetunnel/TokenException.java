package io.github.devicetunnel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown when a dial has no usable token. */
final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  private TokenException(boolean refused, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** Returns an exception for an unusable token; the message begins with "it". */
  static TokenException refused(String message) {
    return new TokenException(true, message, null);
  }

  /** Returns an exception for a token source that returned no token. */
  static TokenException missing(String message, @Nullable Throwable cause) {
    return new TokenException(false, message, cause);
  }

  /** Returns whether there was a token, which is unusable. */
  boolean isRefused() {
    return refused;
  }
}
