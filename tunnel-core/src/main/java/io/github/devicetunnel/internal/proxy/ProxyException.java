package io.github.devicetunnel.internal.proxy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A proxy was not reached, or did not do what it was asked. The message names it, and is whole. */
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refusal;
  private final boolean answerable;

  ProxyException(String message, boolean refusal, @Nullable Throwable cause) {
    this(message, refusal, false, cause);
  }

  private ProxyException(
      String message, boolean refusal, boolean answerable, @Nullable Throwable cause) {
    super(message, cause);
    this.refusal = refusal;
    this.answerable = answerable;
  }

  /** Returns the same failure, of a request that a new connection can answer the challenge of. */
  ProxyException withAnswerToChallenge() {
    return new ProxyException(String.valueOf(getMessage()), refusal, true, getCause());
  }

  /** Returns whether a request on a new connection would have the answer to the challenge. */
  public boolean isAnswerable() {
    return answerable;
  }

  /** Whether the proxy would say the same if it were asked again. */
  public boolean isRefusal() {
    return refusal;
  }
}
