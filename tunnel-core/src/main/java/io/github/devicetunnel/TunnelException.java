package io.github.devicetunnel;

import java.io.IOException;

/** A tunnel could not be opened, or ended otherwise than in order. */
public class TunnelException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient CloseReason reason;

  TunnelException(CloseReason reason) {
    super(reason.message(), reason.cause());
    this.reason = reason;
  }

  /** {@return how the connection ended} */
  public CloseReason reason() {
    return reason;
  }
}
