package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSpec;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.ReadableFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The file of {@code --config}. Its values are inserted among the arguments, so that options do not
 * depend on files. Arguments and environment variables override the file, except for options that
 * can be repeated, whose values are combined.
 */
public final class Config {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "cloud-uri",
          "TUNNEL_CLOUD_URI",
          "device",
          "TUNNEL_DEVICE",
          "service",
          "TUNNEL_SERVICE",
          OptionNames.APPLICATION_ID.substring(2),
          "TUNNEL_APPLICATION_ID");

  /**
   * Keys that select the credential. An argument for one of them, or {@code TUNNEL_API_KEY},
   * overrides all of them.
   */
  private static final List<String> KEYS =
      List.of("api-key", "api-key-file", "jwt-private-key", "jwt-algorithm");

  private static final Pattern OPTION_PREFIX = Pattern.compile("--([a-z-]+): ");

  private @Nullable ConfigFile file;
  private @Nullable CommandSpec known;
  private final Set<String> effective = new HashSet<>();

  /**
   * Reads the file, if the arguments name one.
   *
   * @param commandLine the program, with at least the requested command
   * @param fileOptions supplies a command with all options that a file may contain; the requested
   *     command ignores options that it does not have
   * @return the arguments, with the values of the file that are not overridden
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is invalid
   */
  public String[] complete(
      String[] args,
      CommandLine commandLine,
      Supplier<CommandSpec> fileOptions,
      Environment environment,
      Console console) {
    ParseResult given = parsed(args, commandLine);
    if (given == null
        || !given.hasMatchedOption(OptionNames.CONFIG)
        || given.isUsageHelpRequested()) {
      return args;
    }
    CommandSpec all = fileOptions.get();
    ConfigFile read = ConfigFile.read(given.matchedOptionValue(OptionNames.CONFIG, ""), all);
    known = all;
    file = read;
    read.secrets().forEach(console::conceal);
    List<String> fileArguments = new ArrayList<>();
    read.items()
        .forEach(
            (key, item) -> {
              boolean supported =
                  given.commandSpec().findOption(item.option().longestName()) != null;
              if (supported && !isOverridden(key, given, environment)) {
                effective.add(key);
                fileArguments.addAll(item.arguments());
              }
            });
    return Stream.of(Stream.of(args[0]), fileArguments.stream(), Arrays.stream(args).skip(1))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  /**
   * Parses the arguments of a command that can have a file. Returns null for other commands and for
   * invalid arguments, which are reported when they are parsed again.
   */
  private static @Nullable ParseResult parsed(String[] args, CommandLine commandLine) {
    try {
      ParseResult result = commandLine.parseArgs(args);
      return result.hasSubcommand() && !result.subcommand().hasSubcommand()
          ? result.subcommand()
          : null;
    } catch (ParameterException e) {
      return null;
    }
  }

  private static boolean isOverridden(String key, ParseResult given, Environment environment) {
    if (KEYS.contains(key)) {
      return KEYS.stream().anyMatch(other -> given.hasMatchedOption("--" + other))
          || environment.variable(OptionNames.API_KEY_VARIABLE) != null;
    }
    String variable = VARIABLES.get(key);
    boolean repeats = given.commandSpec().findOption("--" + key).isMultiValue();
    return (given.hasMatchedOption("--" + key) && !repeats)
        || (variable != null && environment.variable(variable) != null);
  }

  /** Returns whether the value of an option comes from the file. */
  public boolean sets(String option) {
    return option.startsWith("--") && effective.contains(option.substring(2));
  }

  public List<TunnelSpec> tunnels() {
    return file == null ? List.of() : file.tunnels();
  }

  public boolean isPresent() {
    return file != null;
  }

  /**
   * Reads the current content of the file. May block.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is invalid
   */
  public ConfigFile reread() {
    if (file == null || known == null) {
      throw new IllegalStateException("no configuration file is set");
    }
    ReadableFile.requireRegular(OptionNames.CONFIG, FilePath.of(file.name()));
    return ConfigFile.read(file.name(), known);
  }

  /** Returns the keys, except tunnels, whose values differ from those at startup. */
  public List<String> differences(ConfigFile fresh) {
    return file == null ? List.of() : file.differences(fresh);
  }

  /**
   * Prefixes a message about an option with the file and line, if the option's value comes from the
   * file.
   */
  public String located(String message) {
    Matcher matcher = OPTION_PREFIX.matcher(message);
    if (file == null || !matcher.lookingAt() || !effective.contains(matcher.group(1))) {
      return message;
    }
    ConfigFile.Item item = file.items().get(matcher.group(1));
    return item == null ? message : file.name() + ":" + item.line() + ": " + message.substring(2);
  }
}
