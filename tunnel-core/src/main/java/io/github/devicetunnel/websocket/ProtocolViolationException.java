package io.github.devicetunnel.websocket;

import java.io.IOException;

/** The other end broke a rule of RFC 6455; the message says which. The answer is code 1002. */
public final class ProtocolViolationException extends IOException {
  private static final long serialVersionUID = 1L;

  ProtocolViolationException(String rule) {
    super(rule);
  }
}
