package io.github.devicetunnel.cli.completion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands and options as completion scripts describe them. */
final class CompletionModel {
  /**
   * The label of options whose value is a file. Some have no path type, because they accept "-".
   */
  private static final String FILE = "FILE";

  private CompletionModel() {}

  /**
   * Adds the options of {@code listen}, which is the default command, to the program. Gives all
   * options with a file the type of a path, because completion depends on the type. The program
   * must not parse arguments afterwards.
   */
  static void prepare(CommandLine program) {
    CommandSpec root = program.getCommandSpec();
    CommandLine listen = Objects.requireNonNull(program.getSubcommands().get("listen"));
    for (OptionSpec option : listen.getCommandSpec().options()) {
      if (root.findOption(option.longestName()) == null) {
        root.addOption(OptionSpec.builder(option).build());
      }
    }
    commands(root).forEach(CompletionModel::completeFiles);
  }

  private static void completeFiles(CommandSpec command) {
    for (OptionSpec option : List.copyOf(command.options())) {
      if (option.paramLabel().equals(FILE) && !isFile(option)) {
        command.remove(option);
        command.addOption(
            OptionSpec.builder(option.names())
                .type(Path.class)
                .description(option.description())
                .build());
      }
    }
  }

  static boolean isFile(OptionSpec option) {
    return option.type() == Path.class;
  }

  /** Returns a command and all visible commands below it. */
  static List<CommandSpec> commands(CommandSpec command) {
    List<CommandSpec> commands = new ArrayList<>(List.of(command));
    visibleSubcommands(command).forEach(sub -> commands.addAll(commands(sub)));
    return commands;
  }

  static List<CommandSpec> visibleSubcommands(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(sub -> !sub.usageMessage().hidden())
        .toList();
  }

  static List<OptionSpec> visibleOptions(CommandSpec command) {
    return command.options().stream().filter(option -> !option.hidden()).toList();
  }

  /** Returns the words that an argument accepts, as far as they are known. */
  static List<String> values(ArgSpec argument) {
    Iterable<String> candidates = argument.completionCandidates();
    return candidates == null
        ? List.of()
        : StreamSupport.stream(candidates.spliterator(), false).toList();
  }

  /** Returns the known words of the positional parameters of a command. */
  static List<String> words(CommandSpec command) {
    return command.positionalParameters().stream()
        .flatMap(parameter -> values(parameter).stream())
        .toList();
  }

  /** Returns the names of a command, without that of the program. */
  static String path(CommandSpec command) {
    CommandSpec parent = command.parent();
    return parent == null ? "" : (path(parent) + " " + command.name()).strip();
  }

  /** Returns a description without its details and its full stop. */
  static String summary(String... description) {
    String first = Stream.of(description).findFirst().orElse("");
    return first.replaceFirst("(; | \\[|\\. ).*", "").replaceFirst("\\.$", "").replace("%%", "%");
  }

  /** Returns the kind of names that an option accepts, or null. */
  static @Nullable String names(OptionSpec option) {
    return switch (option.longestName()) {
      case "--device" -> NamesCommand.DEVICES;
      case "--service" -> NamesCommand.SERVICES;
      case "--profile" -> NamesCommand.PROFILES;
      default -> null;
    };
  }

  /** Returns whether the value of an option is a listen address and a target. */
  static boolean isTarget(OptionSpec option) {
    return option.longestName().equals("-L");
  }
}
