package io.github.devicetunnel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown when a dial has no usable token. */
final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean unusable;

  private TokenException(boolean unusable, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.unusable = unusable;
  }

  /** Returns an exception for a token that cannot be used for the target. */
  static TokenException unusable(String message) {
    return new TokenException(true, message, null);
  }

  /** Returns an exception for a token source that returned no token. */
  static TokenException missing(String message, @Nullable Throwable cause) {
    return new TokenException(false, message, cause);
  }

  /** Returns whether there was a token, which is unusable. */
  boolean isUnusable() {
    return unusable;
  }
}
