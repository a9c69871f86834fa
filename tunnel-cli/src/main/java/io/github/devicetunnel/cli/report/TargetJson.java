package io.github.devicetunnel.cli.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.cli.value.DeviceNames;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes a target as the fields of an event. */
final class TargetJson {
  private TargetJson() {}

  /** Writes the device, its name if that is known, and the service; null for no target. */
  static void write(@Nullable Target target, DeviceNames names, JsonGenerator json)
      throws IOException {
    json.writeStringField("device", target == null ? null : target.deviceId());
    String name = target == null ? null : names.of(target.deviceId());
    if (name != null) {
      json.writeStringField("deviceName", name);
    }
    json.writeStringField("service", target == null ? null : target.serviceAddress());
  }
}
