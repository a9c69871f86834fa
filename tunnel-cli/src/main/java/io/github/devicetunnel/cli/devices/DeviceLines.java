package io.github.devicetunnel.cli.devices;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Json;
import io.github.devicetunnel.directory.Device;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/** Prints one line for each device. */
final class DeviceLines implements DeviceOutput {
  private final Console console;
  private final Function<Device, String> format;

  DeviceLines(Console console, Function<Device, String> format) {
    this.console = console;
    this.format = format;
  }

  @Override
  public void add(Device device) {
    console.result(format.apply(device));
  }

  @Override
  public void end(boolean isComplete) {}

  /** Returns a device as a JSON object. Values that the cloud leaves out are null. */
  static String json(Device device) {
    return Json.object(json -> write(device, json));
  }

  private static void write(Device device, JsonGenerator json) throws IOException {
    json.writeStringField("id", device.id());
    json.writeStringField("name", device.name());
    json.writeStringField("endpointName", device.endpointName());
    json.writeStringField("serialNumber", device.serialNumber());
    json.writeStringField("state", device.state());
    json.writeStringField("hostGateway", device.hostGateway());
    json.writeStringField("deviceClass", device.deviceClass());
    json.writeStringField(
        "updatedAt", device.updatedAt() == null ? null : Json.time(device.updatedAt()));
    json.writeObjectFieldStart("customAttributes");
    for (Map.Entry<String, String> attribute : device.customAttributes().entrySet()) {
      json.writeStringField(attribute.getKey(), attribute.getValue());
    }
    json.writeEndObject();
  }
}
