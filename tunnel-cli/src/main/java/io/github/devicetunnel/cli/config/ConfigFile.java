package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.listen.TunnelSpec;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.cli.value.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The content of a configuration file: options, named without dashes, and tunnels.
 *
 * @param name of the file, as given
 * @param items the options by key, in the order of the file
 */
public record ConfigFile(String name, Map<String, Item> items, List<TunnelSpec> tunnels) {
  private static final String TUNNELS = "tunnels";
  private static final String LISTEN = "listen";

  /** Booleans in the core schema (YAML 1.2.2, section 10.3.2). */
  private static final Map<String, String> FLAGS =
      Map.of(
          "true", "true", "True", "true", "TRUE", "true", "false", "false", "False", "false",
          "FALSE", "false");

  /** The values of one key. */
  record Item(OptionSpec option, List<String> values, int line) {

    /** Returns the equivalent arguments. */
    List<String> arguments() {
      String name = option.longestName();
      if (isFlag(option)) {
        return values.get(0).equals("true") ? List.of(name) : List.of();
      }
      return values.stream().map(value -> name + "=" + value).toList();
    }
  }

  /**
   * Reads a file.
   *
   * @param command the command whose options the file may contain
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is invalid; the message contains
   *     the line number, unless the file cannot be read
   */
  static ConfigFile read(String file, CommandSpec command) {
    Map<String, OptionSpec> options = keys(command);
    Map<String, Item> items = new LinkedHashMap<>();
    List<TunnelSpec> tunnels = new ArrayList<>();
    for (Entry entry : YamlNodes.read(file).values()) {
      OptionSpec option = options.get(entry.key());
      if (option != null) {
        items.put(entry.key(), item(file, entry, option));
      } else if (entry.key().equals(TUNNELS)) {
        tunnels.addAll(tunnels(file, entry));
      } else {
        List<String> known = new ArrayList<>(options.keySet());
        known.add(TUNNELS);
        throw unknown(file, entry, known);
      }
    }
    return new ConfigFile(file, items, tunnels);
  }

  private static Map<String, OptionSpec> keys(CommandSpec command) {
    Map<String, OptionSpec> keys = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = option.longestName();
      if (name.startsWith("--") && !name.equals(OptionNames.CONFIG)) {
        keys.put(name.substring(2), option);
      }
    }
    keys.keySet().removeAll(List.of("help", "version"));
    return keys;
  }

  private static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  private static Item item(String file, Entry entry, OptionSpec option) {
    if (option.isMultiValue()) {
      return new Item(option, YamlNodes.texts(file, entry, option.paramLabel()), entry.line());
    }
    String value = YamlNodes.text(file, entry);
    String meaning = isFlag(option) ? FLAGS.get(value) : value;
    if (meaning == null) {
      throw YamlNodes.at(
          file, entry.line(), entry.key() + ": must be true or false, but is " + Quoted.of(value));
    }
    return new Item(option, List.of(meaning), entry.line());
  }

  private static List<TunnelSpec> tunnels(String file, Entry entry) {
    List<Node> items = YamlNodes.items(entry);
    if (items == null) {
      throw YamlNodes.at(
          file, entry.line(), "tunnels: must be a list whose entries have a listen address");
    }
    List<TunnelSpec> tunnels = new ArrayList<>();
    for (Node item : items) {
      TunnelSpec tunnel = tunnel(file, item);
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

  private static TunnelSpec tunnel(String file, Node item) {
    Map<String, Entry> entries = YamlNodes.entries(file, item);
    Map<TunnelSetting, String> settings = new EnumMap<>(TunnelSetting.class);
    for (Entry entry : entries.values()) {
      TunnelSetting setting = TunnelSetting.of(entry.key());
      if (setting != null) {
        String value = YamlNodes.text(file, entry);
        String where = file + ":" + entry.line() + ": " + entry.key();
        setting.apply(TunnelClient.builder(), value, where);
        settings.put(setting, value);
      } else if (!entry.key().equals(LISTEN)) {
        List<String> known = new ArrayList<>(TunnelSetting.keys());
        known.add(LISTEN);
        throw unknown(file, entry, known);
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

  private static CommandFailure unknown(String file, Entry entry, Collection<String> known) {
    String nearest = Spelling.nearest(entry.key(), known);
    return YamlNodes.at(
        file,
        entry.line(),
        "unknown key "
            + Quoted.of(entry.key())
            + (nearest == null ? "" : "; did you mean " + Quoted.of(nearest) + "?"));
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
    Item item = items.get(key);
    return item == null ? List.of() : item.values();
  }

  /** Returns only the file's name, because values may be secrets. */
  @Override
  public String toString() {
    return "ConfigFile[" + name + "]";
  }
}
