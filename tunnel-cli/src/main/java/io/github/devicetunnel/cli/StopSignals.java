package io.github.devicetunnel.cli;

/** How a running program is told to stop. */
interface StopSignals {

  /**
   * From now on the first signal frees {@link #await} and the second ends the process at once.
   * Before, a signal ends the process as it does any other.
   */
  void watch();

  /** Returns when the first signal has come. */
  void await() throws InterruptedException;
}
