package io.github.devicetunnel.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parser for a page of devices. Ignores unknown fields, and values of an unexpected type. */
final class PageReader {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // The names of custom attributes are foreign text.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final int MAX_ATTRIBUTES = 100;

  private final JsonParser parser;
  private final List<DevicePage.Item> items = new ArrayList<>();
  private int skipped;

  private PageReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a page.
   *
   * @throws NoPageException if the text is JSON or another text, but not a page
   * @throws com.fasterxml.jackson.core.JsonProcessingException if the text begins as a JSON object,
   *     but is not valid JSON
   * @throws IOException if the text cannot be read
   */
  static DevicePage read(InputStream in) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      return new PageReader(parser).readPage();
    }
  }

  /** Thrown for a text that is not a page. */
  static final class NoPageException extends IOException {
    private static final long serialVersionUID = 1L;

    NoPageException(String message) {
      super(message);
    }
  }

  private DevicePage readPage() throws IOException {
    if (firstToken() != JsonToken.START_OBJECT) {
      throw new NoPageException("not a JSON object");
    }
    boolean hasData = false;
    boolean hasMore = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("data") && value == JsonToken.START_ARRAY) {
        hasData = true;
        readDevices();
      } else {
        hasMore |= field.equals("has_more") && value == JsonToken.VALUE_TRUE;
        parser.skipChildren();
      }
    }
    if (!hasData) {
      throw new NoPageException("without the field data");
    }
    return new DevicePage(items, skipped, hasMore);
  }

  private @Nullable JsonToken firstToken() throws IOException {
    try {
      return parser.nextToken();
    } catch (JsonParseException e) {
      return null;
    }
  }

  private void readDevices() throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      DevicePage.Item item = parser.currentToken() == JsonToken.START_OBJECT ? readDevice() : null;
      parser.skipChildren();
      if (item == null) {
        skipped++;
      } else {
        items.add(item);
      }
    }
  }

  /** Returns the device, or null if it has no valid ID. */
  private DevicePage.@Nullable Item readDevice() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, String> attributes = Map.of();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id",
            "name",
            "endpoint_name",
            "serial_number",
            "state",
            "host_gateway",
            "device_class",
            "updated_at" -> {
          if (value == JsonToken.VALUE_STRING) {
            texts.put(field, parser.getText());
          }
        }
        case "custom_attributes" -> {
          if (value == JsonToken.START_OBJECT) {
            attributes = readAttributes();
          }
        }
        default -> {}
      }
      parser.skipChildren();
    }
    String id = texts.get("id");
    return id == null || !Device.isId(id) ? null : item(id, texts, attributes);
  }

  private static DevicePage.Item item(
      String id, Map<String, String> texts, Map<String, String> attributes) {
    String name = DirectoryText.clean(texts.get("name"));
    Device device =
        new Device(
            id,
            name,
            DirectoryText.clean(texts.get("endpoint_name")),
            DirectoryText.clean(texts.get("serial_number")),
            DirectoryText.clean(texts.get("state")),
            DirectoryText.clean(texts.get("host_gateway")),
            DirectoryText.clean(texts.get("device_class")),
            attributes,
            time(texts.get("updated_at")));
    // Otherwise a name with a control character would be found by its name with a question mark.
    return new DevicePage.Item(
        device, name != null && name.equals(texts.get("name")) ? name : null, id);
  }

  private Map<String, String> readAttributes() throws IOException {
    Map<String, String> attributes = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = DirectoryText.clean(parser.currentName());
      parser.nextToken();
      String value = parser.getValueAsString();
      if (name != null && value != null && attributes.size() < MAX_ATTRIBUTES) {
        attributes.put(name, DirectoryText.cleanValue(value));
      }
      parser.skipChildren();
    }
    return attributes;
  }

  /** Returns a time in ISO 8601 format, or null if it is absent or malformed. */
  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
