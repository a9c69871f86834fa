package io.github.devicetunnel.testing;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A device as the directory shows it. Immutable.
 *
 * @param text the values of the {@link #TEXT_FIELDS}
 * @param times the values of the {@link #TIME_FIELDS}
 */
record DirectoryItem(
    Map<String, String> text, Map<String, Instant> times, Map<String, String> customAttributes) {
  static final List<String> TEXT_FIELDS =
      List.of(
          "id", "name", "endpoint_name", "serial_number", "state", "host_gateway", "device_class");
  static final List<String> TIME_FIELDS = List.of("created_at", "updated_at");

  String id() {
    return text("id");
  }

  /** Returns the value of a text field; empty if the device has no value. */
  String text(String field) {
    return text.getOrDefault(field, "");
  }

  Instant time(String field) {
    return Objects.requireNonNull(times.get(field), field);
  }

  void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("object", "device");
    for (String field : TEXT_FIELDS) {
      json.writeStringField(field, text(field));
    }
    for (String field : TIME_FIELDS) {
      json.writeStringField(field, time(field).toString());
    }
    json.writeObjectFieldStart("custom_attributes");
    for (Map.Entry<String, String> attribute : customAttributes.entrySet()) {
      json.writeStringField(attribute.getKey(), attribute.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
