package io.github.devicetunnel.testing;

/** With what a client asked for a tunnel. */
public enum CredentialKind {
  /** No bearer token. */
  NONE,
  /** A bearer token alone. */
  ACCESS_KEY,
  /** A bearer token with the ID of an application. */
  JWT
}
