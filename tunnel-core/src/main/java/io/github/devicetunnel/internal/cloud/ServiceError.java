package io.github.devicetunnel.internal.cloud;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The error description in the body of a rejection: the JSON of the service, or the page of a load
 * balancer in front of it. All texts are short and have no control characters, because they are
 * part of a log line.
 *
 * @param fromService whether the body is an error description of the tunnelling service, and not a
 *     response of another server in front of it
 */
public record ServiceError(
    boolean fromService,
    @Nullable String type,
    @Nullable String message,
    @Nullable String requestId)
    implements Serializable {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_TEXT = 300;
  private static final int MAX_SERVER_NAME = 60;

  /**
   * Fields that only the service sends. Gateways such as Kong and AWS also send a message and a
   * request ID, but none of these fields.
   */
  private static final Set<String> OWN_FIELDS = Set.of("object", "code", "type", "fields");

  /** Parses a body. Never fails; parts that cannot be parsed are null. */
  public static ServiceError parse(String body) {
    String trimmed = body.strip();
    if (trimmed.startsWith("{")) {
      return parseJson(trimmed);
    }
    return new ServiceError(false, null, oneLine(HtmlPage.summary(trimmed)), null);
  }

  /** Parses as much as possible, because the body may be truncated. */
  private static ServiceError parseJson(String body) {
    String type = null;
    String message = null;
    String requestId = null;
    List<String> fields = new ArrayList<>();
    boolean fromService = false;
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        fromService |= OWN_FIELDS.contains(name);
        switch (name) {
          case "type" -> type = oneLine(parser.getValueAsString());
          case "message" -> message = oneLine(parser.getValueAsString());
          case "request_id" -> requestId = oneLine(parser.getValueAsString());
          case "fields" -> readFields(parser, fields);
          default -> {
            if (value.isStructStart()) {
              parser.skipChildren();
            }
          }
        }
      }
    } catch (IOException e) {
      // Keep what was read before the defect.
    }
    if (!fields.isEmpty()) {
      String details = String.join("; ", fields);
      message = oneLine(message == null ? details : message + " (" + details + ")");
    }
    return new ServiceError(fromService, type, message, requestId);
  }

  /** Reads {@code [{"name": …, "message": …}, …]}. */
  private static void readFields(JsonParser parser, List<String> fields) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String name = null;
      String message = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("name")) {
          name = parser.getValueAsString();
        } else if (key.equals("message")) {
          message = parser.getValueAsString();
        }
        parser.skipChildren();
      }
      fields.add(name + ": " + message);
    }
  }

  /**
   * Returns the request, the response and the fix as one line.
   *
   * @param start the beginning of the line, which describes the request
   * @param location the target of a redirect
   * @param advice the fix; null if only the text of the service can describe it
   */
  public String describe(
      String start, int status, @Nullable String location, @Nullable String advice) {
    StringBuilder line = new StringBuilder(start).append(": ").append(status);
    append(line, " ", type);
    append(line, ", ", withoutStatus(status));
    append(line, ", it redirects to ", oneLine(location));
    append(line, "; ", advice);
    append(line, " (request ", requestId);
    return requestId == null ? line.toString() : line.append(')').toString();
  }

  /** Returns the message without a leading status, which the pages of web servers repeat. */
  private @Nullable String withoutStatus(int status) {
    String repeated = status + " ";
    return message == null || !message.startsWith(repeated)
        ? message
        : message.substring(repeated.length());
  }

  /**
   * Describes the sender of a response that is not from the service.
   *
   * @param server the value of the header {@code Server} or {@code Via}, or null
   */
  public static String sender(@Nullable String server) {
    return "probably sent by "
        + (server == null ? "a server" : OneLine.words(server, MAX_SERVER_NAME))
        + " in front of the cloud";
  }

  private static void append(StringBuilder line, String before, @Nullable String text) {
    if (text != null) {
      line.append(before).append(text);
    }
  }

  private static @Nullable String oneLine(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String words = OneLine.words(text, MAX_TEXT);
    return words.isEmpty() ? null : words;
  }
}
