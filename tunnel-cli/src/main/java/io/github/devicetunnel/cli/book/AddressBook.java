package io.github.devicetunnel.cli.book;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.cli.value.Spelling;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The devices and services of the configuration by name. Names are not case-sensitive, because
 * programs treat them as host names. Immutable.
 */
public final class AddressBook {
  public static final AddressBook EMPTY = new AddressBook(List.of(), Map.of());

  private static final int MAX_SUGGESTIONS = 3;

  /** A label of a host name (RFC 1123, section 2.1), so that programs can use a name as a host. */
  private static final Pattern NAME = Pattern.compile("(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Pattern HEX = Pattern.compile("(?i)[0-9a-f]+");
  private static final Pattern ID = Pattern.compile("(?i)[0-9a-f]{32}");

  private final Map<String, NamedDevice> byName = new LinkedHashMap<>();
  private final Map<String, NamedDevice> byId = new HashMap<>();
  private final Map<String, String> services;

  /**
   * Creates an address book.
   *
   * @param devices with unique names and IDs
   * @param services addresses by alias, in lower case
   */
  public AddressBook(Collection<NamedDevice> devices, Map<String, String> services) {
    for (NamedDevice device : devices) {
      byName.put(plain(device.name()), device);
      byId.put(device.id(), device);
    }
    this.services = Map.copyOf(services);
  }

  /** Returns whether a text can be the name of a device or service. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches() && !isId(text);
  }

  /** Returns whether a text is a device ID, which is never a name. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Returns whether a text looks like a device ID, perhaps with a mistake. */
  public static boolean resemblesId(String text) {
    return text.isEmpty() || HEX.matcher(text).matches();
  }

  /** Returns a name in the form in which names are compared. */
  public static String plain(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public Collection<NamedDevice> devices() {
    return byName.values();
  }

  /** Returns the names of the devices by ID. */
  public Map<String, String> namesById() {
    return byId.values().stream()
        .collect(Collectors.toUnmodifiableMap(NamedDevice::id, NamedDevice::name));
  }

  /** Returns the device with a name or an ID, or null. */
  public @Nullable NamedDevice device(String text) {
    return isId(text) ? byId.get(plain(text)) : byName.get(plain(text));
  }

  /**
   * Returns the address for a service.
   *
   * @param device whose aliases come first; null for none
   * @param text an alias or an address
   * @param where the origin of the text, for messages
   * @return the address; the unchanged text if the book has no aliases
   * @throws CommandFailure with {@link ExitCode#USAGE} if the text is an unknown alias
   */
  public String service(@Nullable NamedDevice device, String text, String where) {
    String alias = plain(text);
    String own = device == null ? null : device.services().get(alias);
    String common = own == null ? services.get(alias) : own;
    SortedSet<String> aliases = services(device);
    if (common == null && byName.containsKey(alias)) {
      throw CommandFailure.usage(
          where + ": " + Quoted.of(text) + " is a device; specify DEVICE/SERVICE");
    }
    if (common != null || text.contains(":") || aliases.isEmpty()) {
      return common == null ? text : common;
    }
    throw CommandFailure.usage(
        where
            + ": unknown service "
            + Quoted.of(text)
            + suggestion(
                similar(text, aliases),
                "; specify IP:PORT or add it to services in the configuration"));
  }

  /** Returns the aliases that a device has, or that all devices have for null. */
  public SortedSet<String> services(@Nullable NamedDevice device) {
    SortedSet<String> aliases = new TreeSet<>(services.keySet());
    if (device != null) {
      aliases.addAll(device.services().keySet());
    }
    return aliases;
  }

  /** Returns whether a text is an alias of some device or of all devices. */
  public boolean hasService(String text) {
    String alias = plain(text);
    return services.containsKey(alias)
        || byName.values().stream().anyMatch(device -> device.services().containsKey(alias));
  }

  /**
   * Returns a question about devices with similar names, or null if there are none.
   *
   * @param others further names
   */
  public @Nullable String suggestion(String device, Collection<String> others) {
    List<String> similar = similar(device, names(others));
    return similar.isEmpty() ? null : "Did you mean " + String.join(" or ", similar) + "?";
  }

  private List<String> names(Collection<String> others) {
    return Stream.concat(byName.values().stream().map(NamedDevice::name), others.stream()).toList();
  }

  /**
   * Returns a failure for a name that no device has.
   *
   * @param others further names, for suggestions
   */
  public CommandFailure unknownDevice(
      String text, String where, int exitCode, Collection<String> others) {
    return CommandFailure.of(
        exitCode,
        where
            + ": unknown device "
            + Quoted.of(text)
            + suggestion(
                similar(text, names(others)),
                "; specify a device ID or add it to devices in the configuration"));
  }

  private static List<String> similar(String text, Collection<String> known) {
    return Spelling.similar(text, known, MAX_SUGGESTIONS);
  }

  private static String suggestion(List<String> similar, String otherwise) {
    return similar.isEmpty() ? otherwise : "; did you mean " + String.join(" or ", similar) + "?";
  }
}
