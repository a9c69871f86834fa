package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.cli.failure.CommandFailure;
import java.util.function.BooleanSupplier;

/**
 * A receiver of the events of a run. The main thread calls the methods, first {@link #start} and
 * last {@link #close}. Events of connections are reported through {@link
 * io.github.devicetunnel.TunnelEventListener} instead.
 */
public interface Reporter extends AutoCloseable {

  /**
   * Called before the listeners are validated and opened.
   *
   * @throws CommandFailure if the reporter cannot be started
   */
  default void start() {}

  /** Called when a listener has been opened, at startup or by a reload. */
  default void listening(String address, Target target) {}

  /**
   * Called when all listeners accept connections after startup.
   *
   * @param accepting returns whether they still do; thread-safe
   */
  default void ready(BooleanSupplier accepting) {}

  /** Called before the listeners stop accepting. Open connections may finish. */
  default void stopping() {}

  /** Called when no connection is open any more. */
  default void stopped(DrainReport report) {}

  /** Ends reporting. May be called at any time, and more than once. */
  @Override
  default void close() {}
}
