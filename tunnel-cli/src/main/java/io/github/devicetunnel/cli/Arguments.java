package io.github.devicetunnel.cli;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Converts the arguments of existing scripts into the arguments that picocli expects. */
final class Arguments {
  private static final String DEFAULT_COMMAND = "listen";

  /** Separates the options from the program of {@code exec} and its arguments. */
  static final String END_OF_OPTIONS = "--";

  /** Options that apply to the program as a whole if they come first. */
  private static final List<String> ABOUT_PROGRAM = List.of("-h", "--help", "-V", "--version");

  /** The old Go client accepts its flags with one dash or two. */
  private static final Pattern OLD_FLAG =
      Pattern.compile(
          "-(?<flag>(?:listen-uri|cloud-uri|api-key|application-id|ping-duration)(?:=.*)?)",
          Pattern.DOTALL);

  private Arguments() {}

  static String[] normalize(String[] args) {
    int bare = Arrays.asList(args).indexOf(END_OF_OPTIONS);
    int end = bare < 0 ? args.length : bare;
    Stream<String> normal =
        Stream.concat(
            Arrays.stream(args, 0, end).map(Arguments::withTwoDashes),
            Arrays.stream(args, end, args.length));
    boolean noCommand =
        args.length == 0 || (args[0].startsWith("-") && !ABOUT_PROGRAM.contains(args[0]));
    return (noCommand ? Stream.concat(Stream.of(DEFAULT_COMMAND), normal) : normal)
        .toArray(String[]::new);
  }

  private static String withTwoDashes(String argument) {
    Matcher matcher = OLD_FLAG.matcher(argument);
    return matcher.matches() ? "--" + matcher.group("flag") : argument;
  }
}
