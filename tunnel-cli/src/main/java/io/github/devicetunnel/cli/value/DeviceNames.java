package io.github.devicetunnel.cli.value;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of devices, which output shows beside their IDs. Thread-safe. */
public final class DeviceNames {
  /**
   * Matches a device ID, with the service if the text is a target. Does not match an ID in a URL or
   * an example.
   */
  private static final Pattern DEVICE =
      Pattern.compile(
          "(?<![0-9A-Za-z]|/devices/|such\\sas\\s)(?<id>[0-9a-f]{32})(?![0-9A-Za-z])"
              + "(?:/[\\w.\\[\\]:%~-]*:\\d+)?");

  private volatile Map<String, String> configured = Map.of();
  private final Map<String, String> found = new ConcurrentHashMap<>();

  /** Replaces the names of the configuration, by device ID. */
  public void setConfigured(Map<String, String> byId) {
    configured = Map.copyOf(byId);
  }

  /** Adds a name that was found elsewhere. A name of the configuration takes precedence. */
  public void addFound(String deviceId, String name) {
    found.put(deviceId, name);
  }

  /** Returns the name of a device, or null. */
  public @Nullable String of(String deviceId) {
    String name = configured.get(deviceId);
    return name == null ? found.get(deviceId) : name;
  }

  /** Returns a text with the name of each known device after its ID or target, in brackets. */
  public String annotate(String text) {
    if (configured.isEmpty() && found.isEmpty()) {
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
