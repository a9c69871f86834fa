package io.github.devicetunnel.jwt;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of an error says: the service's own JSON, or the page of a load balancer in front
 * of it.
 */
record ErrorAnswer(@Nullable String type, @Nullable String message, @Nullable String requestId) {
  private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]*>(.*?)</title>");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  static ErrorAnswer parse(String body) {
    if (!body.strip().startsWith("{")) {
      Matcher title = TITLE.matcher(body);
      String text = title.find() ? title.group(1) : TAG.matcher(body).replaceAll(" ");
      return new ErrorAnswer(null, Text.oneLine(text), null);
    }
    try {
      return of(JSONObjectUtils.parse(body));
    } catch (ParseException e) {
      return new ErrorAnswer(null, Text.oneLine(body), null);
    }
  }

  private static ErrorAnswer of(Map<String, Object> json) {
    List<String> parts = new ArrayList<>();
    if (json.get("fields") instanceof List<?> fields) {
      for (Object field : fields) {
        if (field instanceof Map<?, ?> map) {
          parts.add(map.get("name") + ": " + map.get("message"));
        }
      }
    }
    String details = String.join("; ", parts);
    String message = Text.oneLine(json.get("message"));
    if (!details.isEmpty()) {
      message = message == null ? details : message + " (" + details + ")";
    }
    return new ErrorAnswer(
        Text.oneLine(json.get("type")),
        Text.oneLine(message),
        Text.oneLine(json.get("request_id")));
  }

  /** All of it in one line, after what was asked. */
  String describe(String asked, int status) {
    StringBuilder line = new StringBuilder(asked).append(": ").append(status);
    append(line, " ", type);
    append(line, ", ", message);
    append(line, "; ", advice(status));
    append(line, " (request ", requestId);
    return requestId == null ? line.toString() : line.append(')').toString();
  }

  private static void append(StringBuilder line, String before, @Nullable String text) {
    if (text != null) {
      line.append(before).append(text);
    }
  }

  private static @Nullable String advice(int status) {
    return switch (status) {
      case 400 -> "check the name and the certificate";
      case 401 -> "check the access key";
      case 403 -> "the access key is valid, but not an administrator's";
      case 404 -> "check the application ID and the cloud URI";
      case 409 -> "the application may have this key already";
      case 429 -> "too many requests: wait before trying again";
      case 301, 302, 303, 307, 308 -> "redirects are not followed: check the cloud URI";
      default -> null;
    };
  }
}
