package io.github.devicetunnel.cli;

import io.github.devicetunnel.TunnelEventListener;
import java.util.ArrayList;
import java.util.List;
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

  @Mixin private final LogOptions log = new LogOptions();

  /**
   * Opens nothing yet. Whatever is wrong is a {@link CommandFailure} of usage.
   *
   * @param console whose standard output gets the events
   */
  Reporting reporting(Console console) {
    Format format = Choice.of(Format.class, OUTPUT, output);
    log.apply(console);
    List<Reporter> reporters = new ArrayList<>();
    List<TunnelEventListener> listeners = new ArrayList<>();
    if (format == Format.JSON) {
      JsonEvents events = new JsonEvents(console);
      reporters.add(events);
      listeners.add(events);
    } else {
      reporters.add(new TextEvents(console));
    }
    return new Reporting(reporters, listeners);
  }
}
