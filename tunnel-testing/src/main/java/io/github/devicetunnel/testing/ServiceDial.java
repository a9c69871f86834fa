package io.github.devicetunnel.testing;

/**
 * When the gateway dials the TCP service. This decides how a client sees a service that does not
 * listen.
 */
public enum ServiceDial {
  /** Before the upgrade is answered. If the service does not listen, the answer is 404. */
  BEFORE_ANSWER,

  /**
   * After the upgrade is answered, like real gateways. If the service does not listen, the tunnel
   * opens and is closed immediately with code 1000, without a byte.
   */
  AFTER_ANSWER
}
