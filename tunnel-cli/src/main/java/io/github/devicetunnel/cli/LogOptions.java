package io.github.devicetunnel.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the log, which goes to standard error. */
final class LogOptions {
  private static final String LEVEL = "--log-level";
  private static final String FORMAT = "--log-format";

  @Option(
      names = LEVEL,
      paramLabel = "LEVEL",
      order = 51,
      description =
          "How much is logged: error, warn, info, debug, with stack traces, or trace, with what the"
              + " HTTP client says. Default: info, for other commands than listen warn")
  private @Nullable String level;

  @Option(
      names = FORMAT,
      paramLabel = "FORMAT",
      defaultValue = "text",
      order = 52,
      description = "The log as text, or as json with one object a line. Default: ${DEFAULT-VALUE}")
  private String format = "";

  /**
   * Configures the log.
   *
   * @param usualLevel the default level
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  void apply(Console console, LogLevel usualLevel) {
    console.log(
        level == null ? usualLevel : Choice.of(LogLevel.class, LEVEL, level),
        Choice.of(Format.class, FORMAT, format));
  }
}
