package io.github.devicetunnel.testing;

/**
 * The way in which the wire is cut: a TCP connection ends without a close frame of the tunnel. In
 * terms of TCP, only {@link #RST} is an abort.
 */
public enum Cut {
  /**
   * Both ends receive an end of stream after the forwarded bytes. Bytes that they still send are
   * discarded until they close as well.
   */
  FIN,
  /** Both ends receive a reset, which may discard bytes that they have not read yet. */
  RST
}
