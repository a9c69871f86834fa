package io.github.devicetunnel.cli.value;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of devices, which output shows beside their IDs. Thread-safe. */
public final class DeviceNames {
  /** Matches a device ID, with the service if the text is a target. */
  private static final Pattern DEVICE =
      Pattern.compile(
          "(?<![0-9A-Za-z])(?<id>[0-9a-f]{32})(?![0-9A-Za-z])(?:/[\\w.\\[\\]:%~-]*[\\w\\]])?");

  private final Map<String, String> names = new ConcurrentHashMap<>();

  /** Adds names by device ID. They replace earlier names of the same devices. */
  public void add(Map<String, String> byId) {
    names.putAll(byId);
  }

  /** Returns the name of a device, or null. */
  public @Nullable String of(String deviceId) {
    return names.get(deviceId);
  }

  /** Returns a text with the name of each known device after its ID or target, in brackets. */
  public String annotate(String text) {
    if (names.isEmpty()) {
      return text;
    }
    Matcher matcher = DEVICE.matcher(text);
    StringBuilder annotated = new StringBuilder();
    int done = 0;
    while (matcher.find()) {
      String name = of(matcher.group("id"));
      annotated.append(text, done, matcher.end());
      done = matcher.end();
      if (name != null && !text.startsWith(" (" + name + ")", done)) {
        annotated.append(" (").append(name).append(')');
      }
    }
    return annotated.append(text, done, text.length()).toString();
  }
}
