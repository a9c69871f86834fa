package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.Reporter;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Forwards the events of a run to several reporters. Nothing is opened before {@link #start}. */
public final class Reporting implements Reporter {
  private final List<Reporter> reporters;
  private final List<TunnelEventListener> listeners;

  public Reporting(List<Reporter> reporters, List<TunnelEventListener> listeners) {
    this.reporters = List.copyOf(reporters);
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Adds the event listeners to the builder of a client. Clients that are derived from it with
   * {@code newBuilder()} already have them.
   */
  public void observe(TunnelClient.Builder builder) {
    listeners.forEach(builder::addEventListener);
  }

  private void each(Consumer<Reporter> call) {
    reporters.forEach(call);
  }

  /**
   * Starts all reporters.
   *
   * @throws CommandFailure with {@link ExitCode#CANNOT_LISTEN} if the metrics server cannot be
   *     bound
   */
  @Override
  public void start() {
    each(Reporter::start);
  }

  @Override
  public void listening(String address, Target target) {
    each(reporter -> reporter.listening(address, target));
  }

  @Override
  public void ready(BooleanSupplier accepting) {
    each(reporter -> reporter.ready(accepting));
  }

  @Override
  public void stopping() {
    each(Reporter::stopping);
  }

  @Override
  public void stopped(DrainReport report) {
    each(reporter -> reporter.stopped(report));
  }

  @Override
  public void close() {
    each(Reporter::close);
  }
}
