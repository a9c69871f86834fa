package io.github.devicetunnel.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A page of the device directory.
 *
 * @param totalCount the number of devices of all pages
 */
record DirectoryPage(
    DirectoryQuery query, List<DirectoryItem> data, boolean hasMore, int totalCount) {
  private static final JsonFactory JSON = new JsonFactory();

  String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      for (DirectoryItem item : data) {
        item.writeTo(json);
      }
      json.writeEndArray();
      json.writeBooleanField("has_more", hasMore);
      json.writeStringField("after", query.after()); // as in the request; null for the first page
      json.writeNumberField("limit", query.limit());
      json.writeStringField("order", query.ascending() ? "ASC" : "DESC");
      if (query.includesTotalCount()) {
        json.writeNumberField("total_count", totalCount);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter throws nothing", e);
    }
    return text.toString();
  }
}
