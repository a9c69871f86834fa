package io.github.devicetunnel;

import java.io.IOException;

/** Thrown when a dial is not made because earlier ones to the same target or cloud failed. */
final class BackoffException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient BackoffStats state;
  private final boolean ofToken;

  private BackoffException(BackoffStats state, boolean ofToken) {
    super(state.message());
    this.state = state;
    this.ofToken = ofToken;
  }

  static BackoffException of(BackoffStats state) {
    return new BackoffException(state, false);
  }

  /** Creates an exception for a token of a source that the cloud has rejected before. */
  static BackoffException ofToken(BackoffStats state) {
    return new BackoffException(state, true);
  }

  /**
   * Returns whether a fresh token may help. Only after the first rejection: later on, the source
   * has not replaced the token, and each dial would ask it twice.
   */
  boolean mayRefreshToken() {
    return ofToken && state.failures() == 1;
  }

  /** Returns whether the cloud has rejected the token of the dial before. */
  boolean isOfToken() {
    return ofToken;
  }

  BackoffStats state() {
    return state;
  }
}
