package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.cli.value.Spelling;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The profiles of a configuration file. Each is a group of options, for example for one cloud. A
 * run uses the options of one profile in addition to the common ones, which they override.
 */
final class Profiles {
  static final String PROFILES = "profiles";
  static final String DEFAULT = "default-profile";

  /**
   * A selected profile.
   *
   * @param where the option, the variable or the line that selects it
   */
  record Choice(String name, String where) {}

  private final Map<String, Map<String, ConfigItem>> profiles = new LinkedHashMap<>();
  private final @Nullable Choice preset;

  /**
   * Reads and validates all profiles.
   *
   * @param options the options that a file may contain, by key
   */
  Profiles(String file, Map<String, Entry> entries, Map<String, OptionSpec> options) {
    Entry all = entries.get(PROFILES);
    if (all != null && !YamlNodes.isNothing(all.value())) {
      for (Entry profile : YamlNodes.entries(file, all.value()).values()) {
        profiles.put(profile.key(), items(file, profile, options));
      }
    }
    Entry named = entries.get(DEFAULT);
    preset =
        named == null
            ? null
            : new Choice(YamlNodes.text(file, named), file + ":" + named.line() + ": " + DEFAULT);
    if (preset != null) {
      var unused = items(preset); // also a default that this run does not use must exist
    }
  }

  private static Map<String, ConfigItem> items(
      String file, Entry profile, Map<String, OptionSpec> options) {
    Map<String, ConfigItem> items = new LinkedHashMap<>();
    if (YamlNodes.isNothing(profile.value())) {
      return items;
    }
    for (Entry entry : YamlNodes.entries(file, profile.value()).values()) {
      OptionSpec option = options.get(entry.key());
      if (option == null) {
        throw YamlNodes.unknown(file, entry, options.keySet());
      }
      items.put(entry.key(), ConfigItem.read(file, entry, option));
    }
    return items;
  }

  /**
   * Returns the options of the selected profile, or of the default profile without a selection.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the selected profile does not exist
   */
  Map<String, ConfigItem> itemsOf(@Nullable Choice selected) {
    Choice choice = selected == null ? preset : selected;
    return choice == null ? Map.of() : items(choice);
  }

  private Map<String, ConfigItem> items(Choice choice) {
    Map<String, ConfigItem> items = profiles.get(choice.name);
    if (items == null) {
      String nearest = Spelling.nearest(choice.name, profiles.keySet());
      throw CommandFailure.usage(
          choice.where
              + ": unknown profile "
              + Quoted.of(choice.name)
              + (nearest == null
                  ? "; add it to profiles in the configuration"
                  : "; did you mean " + Quoted.of(nearest) + "?"));
    }
    return items;
  }
}
