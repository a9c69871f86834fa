package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.EndedBy;

/** Decides which close reasons count as failures. The log warns about the same close reasons. */
final class Failure {
  private Failure() {}

  /**
   * Returns whether a connection failed. The local client may end a connection in any way; all
   * other connections are expected to end in order.
   */
  static boolean isOne(CloseReason reason) {
    return !reason.isOrderly() && reason.endedBy() != EndedBy.LOCAL;
  }
}
