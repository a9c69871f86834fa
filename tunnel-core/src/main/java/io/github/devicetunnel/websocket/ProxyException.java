package io.github.devicetunnel.websocket;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A proxy was not reached, or did not do what it was asked. The message names it, and is whole. */
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refusal;

  ProxyException(String message, boolean refusal, @Nullable Throwable cause) {
    super(message, cause);
    this.refusal = refusal;
  }

  /** Whether the proxy would say the same if it were asked again. */
  public boolean isRefusal() {
    return refusal;
  }
}
