package io.github.devicetunnel.testing;

/** The direction in which bytes flow between a client and the cloud. */
public enum Direction {
  /** From the client to the cloud. */
  TOWARD_CLOUD,
  /** From the cloud to the client. */
  TOWARD_CLIENT
}
