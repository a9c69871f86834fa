package io.github.devicetunnel.cli;

import java.util.Locale;

/** How far a run has come. */
enum Phase {
  /** Not all listeners accept connections yet. */
  STARTING,
  /** All do. */
  READY,
  /** None does any more. */
  DRAINING;

  /** As HTTP answers whoever asks whether it is ready. */
  int status() {
    return this == READY ? 200 : 503;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
