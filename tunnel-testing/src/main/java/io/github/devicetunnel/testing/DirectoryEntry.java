package io.github.devicetunnel.testing;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The fields of a gateway that the directory shows. Thread-safe. */
final class DirectoryEntry {
  private final Map<String, String> text = new HashMap<>(); // all fields are guarded by this
  private final Map<String, Instant> times = new HashMap<>();
  private final Map<String, String> customAttributes = new TreeMap<>();

  DirectoryEntry(String id) {
    text.put("id", id);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    DirectoryItem.TIME_FIELDS.forEach(field -> times.put(field, now));
  }

  synchronized void text(String field, String value) {
    text.put(field, Objects.requireNonNull(value, field + " is null"));
  }

  synchronized void time(String field, Instant value) {
    times.put(field, Objects.requireNonNull(value, field + " is null"));
  }

  synchronized void customAttribute(String name, String value) {
    customAttributes.put(
        Objects.requireNonNull(name, "name is null"),
        Objects.requireNonNull(value, "value is null"));
  }

  /** Returns a copy of the fields. A state that the test has set replaces the given one. */
  synchronized DirectoryItem item(String state) {
    Map<String, String> copy = new HashMap<>(text);
    copy.putIfAbsent("state", state);
    return new DirectoryItem(copy, Map.copyOf(times), new TreeMap<>(customAttributes));
  }
}
