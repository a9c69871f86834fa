package io.github.devicetunnel.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The file of {@code --config}, and what of it counts: arguments beat it, and so does the
 * environment. What counts is put among the arguments, so that no option needs to know of files.
 */
final class Config {
  static final String OPTION = "--config";

  /** The command that has all options which may stand in a file; others use what is theirs. */
  private static final String COMMAND = "listen";

  private static final Map<String, String> VARIABLES =
      Map.of(
          "cloud-uri",
          "TUNNEL_CLOUD_URI",
          "device",
          "TUNNEL_DEVICE",
          "service",
          "TUNNEL_SERVICE",
          KeyOptions.APPLICATION_ID.substring(2),
          "TUNNEL_APPLICATION_ID");

  /** Of these one replaces all. */
  private static final List<String> KEYS =
      List.of("api-key", "api-key-file", "jwt-private-key", "jwt-algorithm");

  private static final Pattern COMPLAINT = Pattern.compile("--([a-z-]+): ");

  private @Nullable ConfigFile file;
  private @Nullable CommandSpec known;
  private final Set<String> counting = new HashSet<>();

  /**
   * Reads the file, if the arguments name one. Whatever is wrong with it is a {@link
   * CommandFailure} of usage.
   *
   * @param commandLine the program, maybe with no command but the one that is asked for
   * @return the arguments with what counts of the file
   */
  String[] complete(
      String[] args,
      CommandLine commandLine,
      Commands commands,
      Environment environment,
      Console console) {
    ParseResult given = parsed(args, commandLine);
    if (given == null || !given.hasMatchedOption(OPTION) || given.isUsageHelpRequested()) {
      return args;
    }
    CommandSpec all = commands.options(COMMAND);
    ConfigFile read = ConfigFile.read(given.matchedOptionValue(OPTION, ""), all);
    known = all;
    file = read;
    read.secrets().forEach(console::conceal);
    List<String> ours = new ArrayList<>();
    read.items()
        .forEach(
            (key, item) -> {
              boolean theirs = given.commandSpec().findOption(item.option().longestName()) == null;
              if (!theirs && !isBeaten(key, given, environment)) {
                counting.add(key);
                ours.addAll(item.arguments());
              }
            });
    return Stream.of(Stream.of(args[0]), ours.stream(), Arrays.stream(args).skip(1))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }

  /** Null when the arguments are wrong, which is told when they are parsed again to be used. */
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

  private static boolean isBeaten(String key, ParseResult given, Environment environment) {
    if (KEYS.contains(key)) {
      return KEYS.stream().anyMatch(other -> given.hasMatchedOption("--" + other))
          || environment.variable(KeyOptions.VARIABLE) != null;
    }
    String variable = VARIABLES.get(key);
    boolean repeats = given.commandSpec().findOption("--" + key).isMultiValue();
    return (given.hasMatchedOption("--" + key) && !repeats)
        || (variable != null && environment.variable(variable) != null);
  }

  /** Whether the value of an option is that of the file. */
  boolean sets(String option) {
    return option.startsWith("--") && counting.contains(option.substring(2));
  }

  List<TunnelSpec> tunnels() {
    return file == null ? List.of() : file.tunnels();
  }

  boolean isThere() {
    return file != null;
  }

  /** The file as it is now. Whatever is wrong is a {@link CommandFailure} of usage. */
  ConfigFile reread() {
    if (file == null || known == null) {
      throw new IllegalStateException("there is no file");
    }
    return ConfigFile.read(file.name(), known);
  }

  /** What a file says otherwise than the one that was read at the start, tunnels apart. */
  List<String> differences(ConfigFile fresh) {
    return file == null ? List.of() : file.differences(fresh);
  }

  /** Takes a complaint about an option to the line of the file that has its value. */
  String located(String message) {
    Matcher matcher = COMPLAINT.matcher(message);
    if (file == null || !matcher.lookingAt() || !counting.contains(matcher.group(1))) {
      return message;
    }
    ConfigFile.Item item = file.items().get(matcher.group(1));
    return item == null ? message : file.name() + ":" + item.line() + ": " + message.substring(2);
  }
}
