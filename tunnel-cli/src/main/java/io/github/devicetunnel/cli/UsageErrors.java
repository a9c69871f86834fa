package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.value.FilePath;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.cli.value.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Describes errors in the arguments. Picocli's messages repeat arguments, which may include a key
 * in the wrong place. These messages repeat only paths, and names of options and commands, even if
 * they are misspelt.
 */
final class UsageErrors {
  /** Matches names of options without a value. Only such names are repeated. */
  private static final Pattern HARMLESS_NAME = Pattern.compile("--?[a-z][a-z-]{0,23}");

  private final List<String> args;
  private final Set<String> commands;

  /**
   * Creates descriptions for the arguments of a program.
   *
   * @param args as the user gave them
   * @param commands names of all commands
   */
  UsageErrors(String[] args, Set<String> commands) {
    this.args = Arrays.asList(args.clone());
    this.commands = commands;
  }

  String describe(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(unmatched.getUnmatched().get(0), e.getCommandLine().getCommandSpec());
    }
    if (e instanceof MissingParameterException missing
        && !missing.getMissing().isEmpty()
        && missing.getMissing().get(0) instanceof OptionSpec option) {
      return option.longestName() + ": the value is missing";
    }
    if (e.getArgSpec() instanceof OptionSpec option) {
      return option.longestName() + ": " + rejected(option, e);
    }
    return "cannot parse the arguments";
  }

  /** Describes a rejected value. Picocli rejects only paths; other options accept any text. */
  private static String rejected(OptionSpec option, ParameterException e) {
    return option.arity().max() == 0 ? "does not accept a value" : FilePath.defect(e.getValue());
  }

  private String unmatched(String argument, CommandSpec command) {
    if (argument.startsWith("-")) {
      return unknownOption(argument, command.optionsMap().keySet());
    }
    if (command.parent() != null) {
      return commands.contains(argument)
          ? "the command " + argument + " must be the first argument"
          : "unexpected argument " + position(argument) + "; specify options as --NAME VALUE";
    }
    String nearest = Spelling.nearest(argument, commands);
    // An argument that resembles no command may be a key in the wrong place.
    return nearest == null
        ? "argument 1 is not a command"
        : "unknown command " + Quoted.of(argument) + "; did you mean " + Quoted.of(nearest) + "?";
  }

  private String unknownOption(String argument, Set<String> options) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    boolean harmless =
        HARMLESS_NAME.matcher(name).matches()
            && !name.replaceFirst("^-+", "--").startsWith(OptionNames.API_KEY);
    return "unknown option "
        + (harmless ? name : "(argument " + position(argument) + ")")
        + didYouMean(Spelling.nearest(name, options));
  }

  /**
   * Returns the position of an argument, counted from 1. Prefers an occurrence that is not the
   * value of an option, because such a value is valid.
   */
  private int position(String argument) {
    for (int i = 0; i < args.size(); i++) {
      boolean isValue = i > 0 && args.get(i - 1).startsWith("-") && !args.get(i - 1).contains("=");
      if (args.get(i).equals(argument) && (!isValue || argument.startsWith("-"))) {
        return i + 1;
      }
    }
    return args.lastIndexOf(argument) + 1;
  }

  private static String didYouMean(@Nullable String suggestion) {
    return suggestion == null ? "" : "; did you mean " + suggestion + "?";
  }
}
