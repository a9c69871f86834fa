package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.AddressBook;
import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.listen.TunnelSpec;
import io.github.devicetunnel.cli.value.OptionNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The content of a configuration file: options, named without dashes, tunnels and an address book.
 *
 * @param name of the file, as given
 * @param items the options by key, with those of the profile
 */
public record ConfigFile(
    String name, Map<String, ConfigItem> items, List<TunnelSpec> tunnels, AddressBook book) {
  private static final String TUNNELS = "tunnels";
  private static final String LISTEN = "listen";
  private static final List<String> GROUPS =
      List.of(
          TUNNELS, BookReader.DEVICES, BookReader.SERVICES, Profiles.PROFILES, Profiles.DEFAULT);

  /**
   * Reads a file.
   *
   * @param command the command whose options the file may contain
   * @param profile the selected profile, or null for the default profile
   * @throws CommandFailure with {@link ExitCode#USAGE} if others can write to the file, or if it is
   *     invalid; the message contains the line number, unless the file cannot be read
   */
  static ConfigFile read(
      ConfigSource source, CommandSpec command, Profiles.@Nullable Choice profile) {
    source.checkTrusted();
    String file = source.name();
    Map<String, OptionSpec> options = ConfigItem.options(command);
    Map<String, Entry> entries = YamlNodes.read(source);
    Map<String, ConfigItem> items = new LinkedHashMap<>();
    for (Entry entry : entries.values()) {
      OptionSpec option = options.get(entry.key());
      if (option != null) {
        items.put(entry.key(), ConfigItem.read(file, entry, option));
      } else if (!GROUPS.contains(entry.key())) {
        List<String> known = new ArrayList<>(options.keySet());
        known.addAll(GROUPS);
        throw YamlNodes.unknown(file, entry, known);
      }
    }
    Map<String, ConfigItem> ofProfile = new Profiles(file, entries, options).itemsOf(profile);
    override(items, ofProfile);
    AddressBook book = BookReader.read(file, entries);
    Entry tunnels = entries.get(TUNNELS);
    return new ConfigFile(
        file, items, tunnels == null ? List.of() : tunnels(file, tunnels, book), book);
  }

  /**
   * Replaces options by those of a profile. A credential in the profile replaces the common one
   * with its application ID.
   */
  private static void override(Map<String, ConfigItem> items, Map<String, ConfigItem> profile) {
    if (profile.keySet().stream().anyMatch(ConfigItem.CREDENTIAL_KEYS::contains)
        && items.keySet().removeAll(ConfigItem.CREDENTIAL_KEYS)) {
      items.remove(OptionNames.APPLICATION_ID.substring(2));
    }
    items.putAll(profile);
  }

  private static List<TunnelSpec> tunnels(String file, Entry entry, AddressBook book) {
    List<Node> items = YamlNodes.items(entry);
    if (items == null) {
      throw YamlNodes.at(
          file, entry.line(), "tunnels: must be a list whose entries have a listen address");
    }
    List<TunnelSpec> tunnels = new ArrayList<>();
    for (Node item : items) {
      TunnelSpec tunnel = tunnel(file, item, book);
      for (TunnelSpec other : tunnels) {
        if (ListenAddress.collide(tunnel.listen(), other.listen())) {
          throw CommandFailure.usage(
              tunnel.origin()
                  + ": listen: "
                  + ListenAddress.text(other.listen())
                  + " is already used in "
                  + other.origin()
                  + "; choose another address");
        }
      }
      tunnels.add(tunnel);
    }
    return tunnels;
  }

  private static TunnelSpec tunnel(String file, Node item, AddressBook book) {
    Map<String, Entry> entries = YamlNodes.entries(file, item);
    Map<TunnelSetting, String> settings = new EnumMap<>(TunnelSetting.class);
    for (Entry entry : entries.values()) {
      TunnelSetting setting = TunnelSetting.of(entry.key());
      if (setting != null) {
        String value = YamlNodes.text(file, entry);
        String where = file + ":" + entry.line() + ": " + entry.key();
        if (!isName(setting, value, where, book)) {
          setting.apply(TunnelClient.builder(), value, where);
        }
        settings.put(setting, value);
      } else if (!entry.key().equals(LISTEN)) {
        List<String> known = new ArrayList<>(TunnelSetting.keys());
        known.add(LISTEN);
        throw YamlNodes.unknown(file, entry, known);
      }
    }
    Entry listen = entries.get(LISTEN);
    if (listen == null) {
      throw YamlNodes.at(
          file, YamlNodes.line(item), "the tunnel has no listen address; add listen: HOST:PORT");
    }
    String where = file + ":" + listen.line();
    return new TunnelSpec(
        where, ListenAddress.parse(where + ": " + LISTEN, YamlNodes.text(file, listen)), settings);
  }

  /** Returns whether a value is a name, which is resolved later. */
  private static boolean isName(
      TunnelSetting setting, String value, String where, AddressBook book) {
    return switch (setting) {
      case DEVICE -> book.device(value) != null || !AddressBook.resemblesId(value);
      case SERVICE -> book.hasService(value) || !book.service(null, value, where).equals(value);
      default -> false;
    };
  }

  /** Returns the values that must not appear in messages. */
  List<String> secrets() {
    return values(OptionNames.API_KEY.substring(2));
  }

  /** Returns the keys, except tunnels, whose values differ from those of another file. */
  List<String> differences(ConfigFile other) {
    List<String> keys = new ArrayList<>(items.keySet());
    other.items.keySet().stream().filter(key -> !keys.contains(key)).forEach(keys::add);
    return keys.stream().filter(key -> !values(key).equals(other.values(key))).toList();
  }

  private List<String> values(String key) {
    ConfigItem item = items.get(key);
    return item == null ? List.of() : item.values();
  }

  /** Returns only the file's name, because values may be secrets. */
  @Override
  public String toString() {
    return "ConfigFile[" + name + "]";
  }
}
