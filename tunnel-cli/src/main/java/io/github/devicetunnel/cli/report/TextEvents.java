package io.github.devicetunnel.cli.report;

import io.github.devicetunnel.Target;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.listen.Reporter;

/** Writes the address of each listener as text. Connections are reported in the log. */
public final class TextEvents implements Reporter {
  private final Console console;

  public TextEvents(Console console) {
    this.console = console;
  }

  @Override
  public void listening(String address, Target target) {
    console.print(
        "Listening on " + address + " -> " + console.deviceNames().annotate(target.toString()));
  }
}
