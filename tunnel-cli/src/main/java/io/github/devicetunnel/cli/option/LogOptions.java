package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Format;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Choice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the log, which goes to standard error. */
public final class LogOptions {
  private static final String LEVEL = "--log-level";
  private static final String FORMAT = "--log-format";

  @Option(
      names = LEVEL,
      paramLabel = "LEVEL",
      order = 51,
      description =
          "Log level: error, warn, info, debug (with stack traces) or trace (with the log of the"
              + " HTTP client) [default: info for listen, warn for other commands]")
  private @Nullable String level;

  @Option(
      names = FORMAT,
      paramLabel = "FORMAT",
      defaultValue = "text",
      order = 52,
      description =
          "Log format: text, or json with one object per line [default: ${DEFAULT-VALUE}]")
  private String format = "";

  /**
   * Configures the log.
   *
   * @param usualLevel the default level
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public void apply(Console console, LogLevel usualLevel) {
    console.log(
        level == null ? usualLevel : Choice.of(LogLevel.class, LEVEL, level),
        Choice.of(Format.class, FORMAT, format));
  }
}
