package io.github.devicetunnel.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON objects, each on one line. The output is ASCII, which is independent of the character
 * set of the output and contains no control sequences for a terminal.
 */
public final class Json {
  /** Writes the fields of an object. */
  @FunctionalInterface
  public interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** ISO 8601, always with milliseconds, so that lines can be sorted as text. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private Json() {}

  public static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * Returns an object for an event that happens now. Its first fields are the name and the time.
   */
  public static String event(String name, Fields fields) {
    return object(
        json -> {
          json.writeStringField("event", name);
          json.writeStringField("time", time(Instant.now()));
          fields.writeTo(json);
        });
  }

  /** Formats a time in ISO 8601, in UTC. */
  public static String time(Instant time) {
    return TIME.format(time);
  }

  public static void number(JsonGenerator json, String name, @Nullable Integer value)
      throws IOException {
    json.writeFieldName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }
}
