package io.github.devicetunnel.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Serializable;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

/**
 * The JSON body of an error response, as documented by the service.
 *
 * @param code the HTTP status
 * @param type the machine-readable error type
 * @param fields the invalid fields of the request; may be empty
 */
record ServiceError(int code, String type, String message, List<Field> fields)
    implements Serializable {
  private static final JsonFactory JSON = new JsonFactory();

  /** An invalid field of a request. */
  record Field(String name, String message) implements Serializable {}

  /** Returns the documented error type of a status, or {@code error} if there is none. */
  static String type(int code) {
    return switch (code) {
      case 400 -> "validation_error";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not_found";
      default -> "error";
    };
  }

  /** Returns the body with a new request ID. */
  String toJson() {
    return toJson(UUID.randomUUID().toString().replace("-", ""));
  }

  String toJson(String requestId) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("object", "error");
      json.writeNumberField("code", code);
      json.writeStringField("type", type);
      json.writeStringField("message", message);
      json.writeStringField("request_id", requestId);
      if (!fields.isEmpty()) {
        json.writeArrayFieldStart("fields");
        for (Field field : fields) {
          json.writeStartObject();
          json.writeStringField("name", field.name());
          json.writeStringField("message", field.message());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter throws nothing", e);
    }
    return text.toString();
  }
}
