package io.github.devicetunnel.cli;

/** How a running program is told to stop. */
interface StopSignals {

  /**
   * From now on the first signal frees {@link #await} and the second ends the process at once.
   * Before, a signal ends the process as it does any other.
   */
  default void watch() {
    watch(false);
  }

  /**
   * The same.
   *
   * @param reloading whether SIGHUP asks for the configuration to be read again, and not to stop
   */
  void watch(boolean reloading);

  /** Returns when the first signal has come that asks to stop. */
  default void await() throws InterruptedException {
    while (awaitReload()) {
      // There is nothing to read again.
    }
  }

  /** Returns whether the first signal that asked to stop was SIGHUP. */
  default boolean isHangup() {
    return false;
  }

  /** Returns at the next signal: true when the configuration is to be read again. */
  boolean awaitReload() throws InterruptedException;
}
