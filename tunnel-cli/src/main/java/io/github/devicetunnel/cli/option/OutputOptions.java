package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Format;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.Reporter;
import io.github.devicetunnel.cli.report.Activity;
import io.github.devicetunnel.cli.report.JsonEvents;
import io.github.devicetunnel.cli.report.MetricsServer;
import io.github.devicetunnel.cli.report.Reporting;
import io.github.devicetunnel.cli.report.StatusLine;
import io.github.devicetunnel.cli.report.TextEvents;
import io.github.devicetunnel.cli.value.Choice;
import io.github.devicetunnel.micrometer.DeviceBytes;
import io.github.devicetunnel.micrometer.TunnelMetrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for output, metrics and the log. */
public final class OutputOptions {
  private static final String OUTPUT = "--output";

  /** The number of devices whose bytes are counted separately. */
  private static final int DEVICES_WITH_METRICS = 1_000;

  @Option(
      names = OUTPUT,
      paramLabel = "FORMAT",
      defaultValue = "text",
      order = 50,
      description =
          "Format of standard output: text, or json with one event per line"
              + " [default: ${DEFAULT-VALUE}]")
  private String output = "";

  @Option(
      names = MetricsServer.OPTION,
      paramLabel = "HOST:PORT",
      order = 53,
      description =
          "Address to serve metrics (/metrics), health checks (/healthz, /readyz) and the status"
              + " page (/) on; :PORT for loopback [default: off]")
  private @Nullable String metricsListen;

  @Mixin private final LogOptions log = new LogOptions();

  /**
   * Returns the reporters for a command that serves until it is stopped. Opens nothing.
   *
   * @param console whose standard output receives the events
   * @param usualLevel the default level of the log
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public Reporting reporting(Console console, LogLevel usualLevel) {
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
      listeners.add(
          new DeviceBytes(
              registry,
              DEVICES_WITH_METRICS,
              device -> Tags.of("device_name", name(device, console))));
    }
    if (showsLine) {
      reporters.add(new StatusLine(console.output(), activity));
    }
    if (metrics != null || showsLine) {
      // Added only if it is displayed, because it is called for every frame.
      listeners.add(activity);
    }
    return new Reporting(reporters, listeners);
  }

  private static String name(String device, Console console) {
    String name = console.deviceNames().of(device);
    return name == null ? "" : name;
  }

  /**
   * Configures the log and returns the format of results, for a command without events.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public Format format(Console console, LogLevel usualLevel) {
    Format format = Choice.of(Format.class, OUTPUT, output);
    log.apply(console, usualLevel);
    return format;
  }
}
