package io.github.devicetunnel.cli.report;

import java.util.Locale;

/** The phase of a run. */
enum Phase {
  /** Listeners are being opened. */
  STARTING,
  /** All listeners accept connections. */
  READY,
  /** The program is stopping. Open connections may finish. */
  DRAINING;

  /** Returns the HTTP status for a readiness check. */
  int status() {
    return this == READY ? 200 : 503;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
