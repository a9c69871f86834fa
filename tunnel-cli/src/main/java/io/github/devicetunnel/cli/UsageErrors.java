package io.github.devicetunnel.cli;

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
 * Says what is wrong with the arguments. Picocli's own messages repeat what was given, which may be
 * a key in the wrong place; these repeat nothing but names of options.
 */
final class UsageErrors {
  /** What may be repeated: a name as options have, and no value stuck to it. */
  private static final Pattern HARMLESS_NAME = Pattern.compile("--?[a-z][a-z-]{0,23}");

  private final List<String> args;
  private final Set<String> commands;

  /** Of these arguments, to a program with commands of these names. */
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
      return option.longestName() + ": its value is missing";
    }
    if (e.getArgSpec() instanceof OptionSpec option) {
      return option.longestName() + ": " + refused(option, e);
    }
    return "the arguments cannot be understood";
  }

  /** Values that can be refused here are paths; other options take any text. */
  private static String refused(OptionSpec option, ParameterException e) {
    return option.arity().max() == 0 ? "takes no value" : FilePath.defect(e.getValue());
  }

  private String unmatched(String argument, CommandSpec command) {
    if (argument.startsWith("-")) {
      return unknownOption(argument, command.optionsMap().keySet());
    }
    if (command.parent() != null) {
      return commands.contains(argument)
          ? "the command " + argument + " must be the first argument"
          : "argument " + position(argument) + " belongs to no option: give it as --NAME VALUE";
    }
    return "argument 1 is no command" + didYouMean(Spelling.nearest(argument, commands));
  }

  private String unknownOption(String argument, Set<String> options) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    boolean harmless =
        HARMLESS_NAME.matcher(name).matches()
            && !name.replaceFirst("^-+", "--").startsWith(KeyOptions.API_KEY);
    return "unknown option "
        + (harmless ? name : "(argument " + position(argument) + ")")
        + didYouMean(Spelling.nearest(name, options));
  }

  /**
   * Counted as the user does. The same word may also be the value of an option: that one is fine.
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
    return suggestion == null ? "" : ", did you mean " + suggestion + "?";
  }
}
