package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.CloseReason.EndedBy;

/** What counts as one: the same ends that the log warns of. */
final class Failure {
  private Failure() {}

  /** A local client may leave as it likes; of everybody else an end in order is expected. */
  static boolean isOne(CloseReason reason) {
    return !reason.isOrderly() && reason.endedBy() != EndedBy.LOCAL;
  }
}
