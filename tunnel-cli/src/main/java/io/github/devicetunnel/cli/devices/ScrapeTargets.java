package io.github.devicetunnel.cli.devices;

import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Json;
import io.github.devicetunnel.directory.Device;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Prints devices for Prometheus ({@code file_sd_configs}). The host of a target is the device's
 * name, or its ID if the name cannot be used in a command. Further values are labels that begin
 * with {@code __meta_tunnel_}, which rules for relabelling may use and Prometheus then discards.
 */
final class ScrapeTargets implements DeviceOutput {
  private final Console console;
  private final int port;
  private boolean started;

  ScrapeTargets(Console console, int port) {
    this.console = console;
    this.port = port;
  }

  @Override
  public void add(Device device) {
    console.result((started ? "," : "[") + target(device));
    started = true;
  }

  @Override
  public void end(boolean isComplete) {
    if (isComplete) {
      console.result(started ? "]" : "[]");
    } // otherwise invalid JSON, so that nothing uses an incomplete list
  }

  private String target(Device device) {
    String name = device.name();
    String host =
        name != null && AddressBook.isName(name) && !AddressBook.resemblesId(name)
            ? name
            : device.id();
    return Json.object(
        json -> {
          json.writeArrayFieldStart("targets");
          json.writeString(host + ":" + port);
          json.writeEndArray();
          json.writeObjectFieldStart("labels");
          json.writeStringField("__meta_tunnel_device_id", device.id());
          json.writeStringField("__meta_tunnel_device_name", name == null ? "" : name);
          json.writeStringField(
              "__meta_tunnel_state", device.state() == null ? "" : device.state());
          Map<String, String> labels = new LinkedHashMap<>();
          device.customAttributes().forEach((key, value) -> labels.putIfAbsent(label(key), value));
          for (Map.Entry<String, String> label : labels.entrySet()) {
            json.writeStringField("__meta_tunnel_attribute_" + label.getKey(), label.getValue());
          }
          json.writeEndObject();
        });
  }

  /** Returns the part of a label's name; Prometheus allows letters, digits and underscores. */
  private static String label(String attribute) {
    return attribute.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
