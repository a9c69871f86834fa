package io.github.devicetunnel;

/**
 * The meaning of a TCP FIN from the cloud between two messages and without a close frame. Over TLS,
 * a {@code close_notify} precedes the FIN. RFC 6455 section 7.1.5 assigns code 1006 to such an end,
 * but many servers end every websocket this way.
 *
 * <p>With either value, an end inside a message, a reset, and a TLS connection that ends without
 * {@code close_notify} are failures.
 */
public enum BareClose {
  /**
   * The service closed the connection. A local client and the reader of a stream receive the end of
   * the stream. This is the default. A cloud process that crashes between two messages also ends
   * its connections this way, so a truncated transfer then looks complete.
   */
  END,
  /** The connection was lost. A local client is reset, and a stream throws an exception. */
  RESET
}
