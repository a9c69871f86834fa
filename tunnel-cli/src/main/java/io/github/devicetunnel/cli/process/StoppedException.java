package io.github.devicetunnel.cli.process;

/** Ends a wait because a signal has stopped the program. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
