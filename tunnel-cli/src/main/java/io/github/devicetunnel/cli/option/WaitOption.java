package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Times;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --wait} of commands that open one tunnel. */
public final class WaitOption {
  private static final String WAIT = "--wait";

  @Option(
      names = WAIT,
      paramLabel = "TIME",
      order = 39,
      description =
          "Maximum time to keep trying while the device cannot be reached, such as 5m [default: 0,"
              + " one attempt]")
  private @Nullable String wait;

  /**
   * Returns the time to keep trying; zero for one attempt.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the option is invalid
   */
  public Duration time() {
    if (wait == null) {
      return Duration.ZERO;
    }
    try {
      return Times.parse(wait);
    } catch (IllegalArgumentException e) {
      throw new Setting(WAIT, wait, null).rejected(e);
    }
  }
}
