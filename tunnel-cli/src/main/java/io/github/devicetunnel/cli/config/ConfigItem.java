package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.config.YamlNodes.Entry;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Quoted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** An option in a configuration file, named without dashes, and its values. */
record ConfigItem(OptionSpec option, List<String> values, int line) {
  /**
   * Keys that select the credential. An argument for one of them, or {@code TUNNEL_API_KEY},
   * overrides all of them.
   */
  static final List<String> CREDENTIAL_KEYS =
      List.of("api-key", "api-key-file", "jwt-private-key", "jwt-algorithm");

  /** Booleans in the core schema (YAML 1.2.2, section 10.3.2). */
  private static final Map<String, String> FLAGS =
      Map.of(
          "true", "true", "True", "true", "TRUE", "true", "false", "false", "False", "false",
          "FALSE", "false");

  /** Options that have no meaning in a file. */
  private static final List<String> EXCLUDED =
      List.of(OptionNames.CONFIG, OptionNames.PROFILE, "--help", "--version");

  /** Returns the options that a file may contain, by key. */
  static Map<String, OptionSpec> options(CommandSpec command) {
    Map<String, OptionSpec> options = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = option.longestName();
      if (name.startsWith("--") && !EXCLUDED.contains(name)) {
        options.put(name.substring(2), option);
      }
    }
    return options;
  }

  static ConfigItem read(String file, Entry entry, OptionSpec option) {
    if (option.isMultiValue()) {
      return new ConfigItem(
          option, YamlNodes.texts(file, entry, option.paramLabel()), entry.line());
    }
    String value = YamlNodes.text(file, entry);
    String meaning = isFlag(option) ? FLAGS.get(value) : value;
    if (meaning == null) {
      throw YamlNodes.at(
          file, entry.line(), entry.key() + ": must be true or false, but is " + Quoted.of(value));
    }
    return new ConfigItem(option, List.of(meaning), entry.line());
  }

  private static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  /** Returns the equivalent arguments. */
  List<String> arguments() {
    String name = option.longestName();
    if (isFlag(option)) {
      return values.get(0).equals("true") ? List.of(name) : List.of();
    }
    return values.stream().map(value -> name + "=" + value).toList();
  }
}
