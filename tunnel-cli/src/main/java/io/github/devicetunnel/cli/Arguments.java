package io.github.devicetunnel.cli;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the arguments that people have in their scripts into those that picocli is told of. */
final class Arguments {
  private static final String DEFAULT_COMMAND = "listen";

  /** What follows is another program's. */
  static final String END_OF_OPTIONS = "--";

  /** Asked before any command, they are about the program. */
  private static final List<String> ABOUT_PROGRAM = List.of("-h", "--help", "-V", "--version");

  /** The old Go client took its flags with one dash as well as with two. */
  private static final Pattern OLD_FLAG =
      Pattern.compile(
          "-(?<flag>(?:listen-uri|cloud-uri|api-key|application-id|ping-duration)(?:=.*)?)",
          Pattern.DOTALL);

  private Arguments() {}

  static String[] normalize(String[] args) {
    int bare = Arrays.asList(args).indexOf(END_OF_OPTIONS);
    int ours = bare < 0 ? args.length : bare;
    Stream<String> normal =
        Stream.concat(
            Arrays.stream(args, 0, ours).map(Arguments::withTwoDashes),
            Arrays.stream(args, ours, args.length));
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
