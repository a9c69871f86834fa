package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;

/**
 * One of those that tell how a run goes. All methods but those of connections, which {@link
 * io.github.devicetunnel.TunnelEventListener} has, come from the main thread in the order below.
 */
interface Reporter extends AutoCloseable {

  /** Everything that was given is in order, and something is about to be opened. */
  default void start() {}

  /** A listener accepts connections. */
  default void listening(String address, String device, String service) {}

  /** All listeners do. */
  default void ready() {}

  /** None does any more; open connections may finish. */
  default void stopping() {}

  /** No connection is open any more. */
  default void stopped(DrainReport report) {}

  /** May come at any time, and more than once. */
  @Override
  default void close() {}
}
