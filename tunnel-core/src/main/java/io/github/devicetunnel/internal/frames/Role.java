package io.github.devicetunnel.internal.frames;

/** The two ends of a websocket. Only the client masks what it sends (RFC 6455 section 5.1). */
public enum Role {
  /** The end that asked for the upgrade. */
  CLIENT,
  /** The end that granted it. */
  SERVER
}
