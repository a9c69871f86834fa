package io.github.devicetunnel.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import mockwebserver3.MockResponse;

/**
 * The body of a refusal, as the service documents it.
 *
 * @param code the HTTP status
 * @param type the kind of error, for programs
 * @param fields what was wrong with parts of the request; may be empty
 */
record ServiceError(int code, String type, String message, List<Field> fields) {
  private static final JsonFactory JSON = new JsonFactory();

  /** One part of a request that is not as it must be. */
  record Field(String name, String message) {}

  static RefusedException invalid(String name, String message) {
    return invalid(List.of(new Field(name, message)));
  }

  static RefusedException invalid(List<Field> fields) {
    return refused(400, "validation_error", "Validation error", fields);
  }

  static RefusedException notAuthenticated(String message) {
    return refused(401, "unauthorized", message, List.of());
  }

  static RefusedException accessDenied(String message) {
    return refused(403, "forbidden", message, List.of());
  }

  static RefusedException notFound(String message) {
    return refused(404, "not_found", message, List.of());
  }

  private static RefusedException refused(
      int code, String type, String message, List<Field> fields) {
    return new RefusedException(new ServiceError(code, type, message, fields));
  }

  MockResponse toResponse() {
    return new MockResponse.Builder()
        .code(code)
        .setHeader("Content-Type", "application/json")
        .body(toJson(UUID.randomUUID().toString().replace("-", "")))
        .build();
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
