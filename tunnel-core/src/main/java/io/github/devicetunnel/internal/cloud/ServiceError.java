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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a refused request says: the service's own JSON, or the page of a load balancer
 * in front of it. Text from there goes into one line of a log, so it is short and has no control
 * characters.
 *
 * @param fromService whether the body is an error description of the tunnelling service, and not
 *     the answer of another server in front of it
 */
public record ServiceError(
    boolean fromService,
    @Nullable String type,
    @Nullable String message,
    @Nullable String requestId)
    implements Serializable {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST_TEXT = 300;
  private static final int MAX_SERVER_NAME = 60;

  /** Gateways such as Kong and AWS also send a message and a request ID, but none of these. */
  private static final Set<String> OWN_FIELDS = Set.of("object", "code", "type", "fields");

  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>(.*?)</title>", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  /** Never fails: what cannot be read says nothing. */
  public static ServiceError parse(String body) {
    String trimmed = body.strip();
    if (trimmed.startsWith("{")) {
      return parseJson(trimmed);
    }
    Matcher title = TITLE.matcher(trimmed);
    String text = title.find() ? title.group(1) : TAG.matcher(trimmed).replaceAll(" ");
    return new ServiceError(false, null, oneLine(text), null);
  }

  /** As much as can be read: the body may have been cut. */
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
      // What was read before the defect is still of use.
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
   * All that is known in one line: what was asked, the answer, what to do.
   *
   * @param asked the beginning of the line
   * @param location where a redirect leads
   * @param advice what to do, null where only the service's words can tell
   */
  public String describe(
      String asked, int status, @Nullable String location, @Nullable String advice) {
    StringBuilder line = new StringBuilder(asked).append(": ").append(status);
    append(line, " ", type);
    append(line, ", ", withoutStatus(status));
    append(line, ", it redirects to ", oneLine(location));
    append(line, "; ", advice);
    append(line, " (request ", requestId);
    return requestId == null ? line.toString() : line.append(')').toString();
  }

  /** The pages of web servers repeat the status. */
  private @Nullable String withoutStatus(int status) {
    String repeated = status + " ";
    return message == null || !message.startsWith(repeated)
        ? message
        : message.substring(repeated.length());
  }

  /**
   * Describes the sender of an answer that is not the service's.
   *
   * @param server the value of the header {@code Server} or {@code Via}, if there is one
   */
  public static String sender(@Nullable String server) {
    return "probably sent by "
        + (server == null ? "a server" : OneLine.words(server, MAX_SERVER_NAME))
        + " in front of the tunnelling service";
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
    String words = OneLine.words(text, LONGEST_TEXT);
    return words.isEmpty() ? null : words;
  }
}
