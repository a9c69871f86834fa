package io.github.devicetunnel.cli;

/** Writes the address of each listener as text. Connections are reported in the log. */
final class TextEvents implements Reporter {
  private final Console console;

  TextEvents(Console console) {
    this.console = console;
  }

  @Override
  public void listening(String address, String device, String service) {
    console.print("Listening on " + address + " -> " + device + "/" + service);
  }
}
