package io.github.devicetunnel.internal.frames;

import java.io.IOException;

/** Thrown when the peer violated RFC 6455. The message names the rule. */
public final class ProtocolViolationException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int closeCode;

  ProtocolViolationException(String rule) {
    this(CloseCode.PROTOCOL_ERROR, rule);
  }

  ProtocolViolationException(int closeCode, String rule) {
    super(rule);
    this.closeCode = closeCode;
  }

  /** Returns the code for the close frame that reports the violation (RFC 6455 section 7.4.1). */
  public int closeCode() {
    return closeCode;
  }
}
