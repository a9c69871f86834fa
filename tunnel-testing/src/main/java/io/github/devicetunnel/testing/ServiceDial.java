package io.github.devicetunnel.testing;

/** When the gateway dials the TCP service, and so how a service that does not listen shows. */
public enum ServiceDial {
  /** Before the upgrade is answered: a service that does not listen is a 404. */
  BEFORE_ANSWER,

  /**
   * After the answer, as real gateways do: a service that does not listen is a tunnel that opens
   * and is closed at once, with code 1000 and without a byte.
   */
  AFTER_ANSWER
}
