package io.github.devicetunnel.cli.config;

import io.github.devicetunnel.cli.book.AddressBook;
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
 * The configuration file of a run. Its values are inserted among the arguments, so that options do
 * not depend on files. Arguments and environment variables override the file, except for options
 * that can be repeated, whose values are combined.
 */
public final class Config {
  static final String PROFILE_VARIABLE = "TUNNEL_PROFILE";

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

  private static final Pattern OPTION_PREFIX = Pattern.compile("--([a-z-]+): ");

  private final Environment environment;
  private final Console console;

  private @Nullable ConfigSource source;
  private Profiles.@Nullable Choice profile;
  private @Nullable ConfigFile file;
  private @Nullable Supplier<@Nullable ConfigFile> unread;
  private @Nullable CommandSpec known;
  private final Set<String> effective = new HashSet<>();

  public Config(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  /**
   * Reads the file, if there is one.
   *
   * @param commandLine the program, with at least the requested command
   * @param fileOptions supplies a command with all options that a file may contain; the requested
   *     command ignores options that it does not have
   * @return the arguments, with the values of the file that are not overridden
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is invalid
   */
  public String[] complete(
      String[] args, CommandLine commandLine, Supplier<CommandSpec> fileOptions) {
    ParseResult given = parsed(args, commandLine);
    if (given == null
        || given.commandSpec().findOption(OptionNames.CONFIG) == null
        || given.isUsageHelpRequested()
        || given.isVersionHelpRequested()) {
      return args;
    }
    String argument = given.matchedOptionValue(OptionNames.CONFIG, null);
    if (given.commandSpec().findOption(OptionNames.CLOUD_URI) == null) {
      // A command without a cloud uses only the names, if it needs them. The device of the file
      // must not limit a token of jwt create.
      unread = () -> read(argument, fileOptions);
      return args;
    }
    profile = profile(given.matchedOptionValue(OptionNames.PROFILE, null));
    ConfigFile read = read(argument, fileOptions);
    if (read == null) {
      return args;
    }
    List<String> fileArguments = new ArrayList<>();
    read.items()
        .forEach(
            (key, item) -> {
              boolean supported =
                  given.commandSpec().findOption(item.option().longestName()) != null;
              if (supported && !isOverridden(key, given)) {
                effective.add(key);
                fileArguments.addAll(item.arguments());
              }
            });
    return Stream.of(Stream.of(args[0]), fileArguments.stream(), Arrays.stream(args).skip(1))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  private Profiles.@Nullable Choice profile(@Nullable String argument) {
    String variable = environment.variable(PROFILE_VARIABLE);
    if (argument == null && variable == null) {
      return null;
    }
    return argument == null
        ? new Profiles.Choice(String.valueOf(variable), PROFILE_VARIABLE)
        : new Profiles.Choice(argument, OptionNames.PROFILE);
  }

  private @Nullable ConfigFile read(@Nullable String argument, Supplier<CommandSpec> fileOptions) {
    ConfigSource found = ConfigSource.find(argument, environment);
    if (found == null) {
      if (profile != null) {
        throw CommandFailure.usage(
            profile.where()
                + ": requires a configuration file; specify "
                + OptionNames.CONFIG
                + " or create the default file");
      }
      return null;
    }
    source = found;
    known = fileOptions.get();
    ConfigFile read = ConfigFile.read(found, known, profile);
    file = read;
    read.secrets().forEach(console::conceal);
    console.deviceNames().setConfigured(read.book().namesById());
    return read;
  }

  /**
   * Parses the arguments of a command that can have a file. Returns null for other commands and for
   * invalid arguments, which are reported when they are parsed again.
   */
  private static @Nullable ParseResult parsed(String[] args, CommandLine commandLine) {
    try {
      ParseResult result = commandLine.parseArgs(args);
      if (!result.hasSubcommand()) {
        return null;
      }
      while (result.hasSubcommand()) {
        result = result.subcommand();
      }
      return result;
    } catch (ParameterException e) {
      return null;
    }
  }

  private boolean isOverridden(String key, ParseResult given) {
    if (ConfigItem.CREDENTIAL_KEYS.contains(key)) {
      return ConfigItem.CREDENTIAL_KEYS.stream()
              .anyMatch(other -> given.hasMatchedOption("--" + other))
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
    if (source == null || known == null) {
      throw new IllegalStateException("no configuration file is set");
    }
    ReadableFile.requireRegular(source.label(), FilePath.of(source.name()));
    return ConfigFile.read(source, known, profile);
  }

  /**
   * Returns the devices and services by name. Reads the file of a command that may not need it.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file is invalid
   */
  public AddressBook book() {
    Supplier<@Nullable ConfigFile> reading = unread;
    if (reading != null) {
      unread = null;
      ConfigFile unused = reading.get();
    }
    return file == null ? AddressBook.EMPTY : file.book();
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
    ConfigItem item = file.items().get(matcher.group(1));
    return item == null ? message : file.name() + ":" + item.line() + ": " + message.substring(2);
  }
}
