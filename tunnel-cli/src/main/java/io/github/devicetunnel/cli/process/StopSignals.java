package io.github.devicetunnel.cli.process;

import java.util.concurrent.CompletableFuture;

/** The signals that stop or reload a running program. */
public interface StopSignals {

  /**
   * Handles signals from now on: the first one ends {@link #await}, and the second one ends the
   * process immediately. Before, each signal has its default action.
   */
  default void watch() {
    watch(false);
  }

  /**
   * Handles signals as {@link #watch()} does.
   *
   * @param reloading whether SIGHUP reloads the configuration instead of stopping the program
   */
  void watch(boolean reloading);

  /** Waits for the first signal that stops the program. */
  default void await() throws InterruptedException {
    while (awaitReload()) {
      // Reload requests have no effect here.
    }
  }

  /** Returns whether the first signal that stops the program was SIGHUP. */
  default boolean isHangup() {
    return false;
  }

  /**
   * Returns a future that completes at the first signal that stops the program. It never fails, and
   * it never completes before {@link #watch}.
   */
  CompletableFuture<Void> stop();

  /**
   * Waits for the next signal. Returns true to reload the configuration, and false to stop. A
   * signal that stops the program precedes earlier signals.
   */
  boolean awaitReload() throws InterruptedException;
}
