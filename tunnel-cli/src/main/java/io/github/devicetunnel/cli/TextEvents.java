package io.github.devicetunnel.cli;

/** Events for a person: where it listens. What becomes of connections is in the log. */
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
