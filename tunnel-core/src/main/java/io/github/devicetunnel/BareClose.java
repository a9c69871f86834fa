package io.github.devicetunnel;

/**
 * What an end of the cloud's connection means that comes between two messages and without a close
 * frame: a TCP FIN, over TLS after a {@code close_notify}. RFC 6455 section 7.1.5 calls it code
 * 1006, but many servers end every tunnel this way.
 *
 * <p>An end inside a message, a reset, and a TLS connection that ends without a {@code
 * close_notify} are failures with either value.
 */
public enum BareClose {
  /**
   * The service closed the connection: the local client and a stream get the end of the stream. The
   * default. A cloud process that crashes between two messages ends its connections in the same
   * way, and its tunnels then look complete.
   */
  END,
  /** The connection was lost: the local client gets a reset, and a stream an exception. */
  RESET
}
