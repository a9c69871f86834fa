package io.github.devicetunnel.cli;

import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.micrometer.TunnelMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a run is told of. */
final class OutputOptions {
  private static final String OUTPUT = "--output";

  @Option(
      names = OUTPUT,
      paramLabel = "FORMAT",
      defaultValue = "text",
      order = 50,
      description =
          "What standard output tells: text for a person, or json with one event a line. Default:"
              + " ${DEFAULT-VALUE}")
  private String output = "";

  @Option(
      names = MetricsServer.OPTION,
      paramLabel = "HOST:PORT",
      order = 53,
      description =
          "Where to tell figures: /metrics for Prometheus, /healthz, /readyz, and a status page at"
              + " /; without a host on loopback. Default: nowhere")
  private @Nullable String metricsListen;

  @Mixin private final LogOptions log = new LogOptions();

  /**
   * For a command that serves until it is stopped. Opens nothing yet. Whatever is wrong is a {@link
   * CommandFailure} of usage.
   *
   * @param console whose standard output gets the events
   * @param usualLevel of the log, where none is given
   */
  Reporting reporting(Console console, LogLevel usualLevel) {
    InetSocketAddress metrics =
        metricsListen == null ? null : ListenAddress.parsePort(MetricsServer.OPTION, metricsListen);
    Format format = format(console, usualLevel);
    List<Reporter> reporters = new ArrayList<>();
    List<TunnelEventListener> listeners = new ArrayList<>();
    if (format == Format.JSON) {
      JsonEvents events = new JsonEvents(console);
      reporters.add(events);
      listeners.add(events);
    } else {
      reporters.add(new TextEvents(console));
    }
    boolean showsLine = format == Format.TEXT && console.output().isTerminal();
    Activity activity = new Activity();
    if (metrics != null) {
      PrometheusMeterRegistry registry = MetricsServer.registry();
      reporters.add(new MetricsServer(metrics, activity, registry, console));
      listeners.add(new TunnelMetrics(registry));
    }
    if (showsLine) {
      reporters.add(new StatusLine(console.output(), activity));
    }
    if (metrics != null || showsLine) {
      // Else bytes are carried without being told of.
      listeners.add(activity);
    }
    return new Reporting(reporters, listeners);
  }

  /** For a command that has no events: sets the log, and says how to put results. */
  Format format(Console console, LogLevel usualLevel) {
    Format format = Choice.of(Format.class, OUTPUT, output);
    log.apply(console, usualLevel);
    return format;
  }
}
