package io.github.devicetunnel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A dial has no token to go with. */
final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  private TokenException(boolean refused, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** The token can be seen to open nothing; the message begins with "it". */
  static TokenException refused(String message) {
    return new TokenException(true, message, null);
  }

  /** The source gave none. */
  static TokenException missing(String message, @Nullable Throwable cause) {
    return new TokenException(false, message, cause);
  }

  /** Whether there was one. */
  boolean isRefused() {
    return refused;
  }
}
