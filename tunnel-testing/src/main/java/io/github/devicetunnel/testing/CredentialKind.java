package io.github.devicetunnel.testing;

/** The kind of credential in an upgrade request. */
public enum CredentialKind {
  /** No bearer token. */
  NONE,
  /** A bearer token without an application ID. */
  ACCESS_KEY,
  /** A bearer token with an application ID. */
  JWT
}
