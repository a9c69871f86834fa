package io.github.devicetunnel.internal.frames;

/** The roles in a websocket. Only the client masks its frames (RFC 6455 section 5.1). */
public enum Role {
  /** The side that requested the upgrade. */
  CLIENT,
  /** The side that accepted the upgrade. */
  SERVER
}
