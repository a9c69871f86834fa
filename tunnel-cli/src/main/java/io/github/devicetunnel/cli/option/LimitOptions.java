package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Counts;
import io.github.devicetunnel.cli.value.Rates;
import io.github.devicetunnel.cli.value.Times;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that protect the cloud and the network. The defaults are those of the library. */
final class LimitOptions {
  private static final String MAX_DIALS = "--max-dials";
  private static final String MAX_BACKOFF = "--max-backoff";
  private static final String RATE = "--rate-limit";
  private static final String TOTAL_RATE = "--total-rate-limit";

  @Option(
      names = MAX_DIALS,
      paramLabel = "NUMBER",
      order = 60,
      description = "Maximum number of simultaneous dials; further dials wait [default: 64]")
  private @Nullable String maxDials;

  @Option(
      names = MAX_BACKOFF,
      paramLabel = "TIME",
      order = 61,
      description =
          "Maximum delay of dials after failures of the same device or of the cloud, 0 for no delay"
              + " [default: 30s]")
  private @Nullable String maxBackoff;

  @Option(
      names = RATE,
      paramLabel = "BYTES",
      order = 62,
      description =
          "Maximum bytes per second of each connection and direction, such as 500k or 1M [default:"
              + " no limit]")
  private @Nullable String rate;

  @Option(
      names = TOTAL_RATE,
      paramLabel = "BYTES",
      order = 63,
      description =
          "Maximum bytes per second of all connections in each direction [default: no limit]")
  private @Nullable String totalRate;

  /** Sets a value on a builder. */
  private interface Setter {
    void accept(String value);
  }

  /**
   * Applies the options to a client.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  void applyTo(TunnelClient.Builder builder) {
    set(MAX_DIALS, maxDials, value -> builder.maxConcurrentDials(Counts.parse(value)));
    set(MAX_BACKOFF, maxBackoff, value -> builder.maxBackoff(Times.parse(value)));
    set(RATE, rate, value -> builder.rateLimit(Rates.parse(value)));
    set(TOTAL_RATE, totalRate, value -> builder.totalRateLimit(Rates.parse(value)));
  }

  private static void set(String option, @Nullable String value, Setter setter) {
    if (value != null) {
      try {
        setter.accept(value);
      } catch (IllegalArgumentException e) {
        throw new Setting(option, value, null).rejected(e);
      }
    }
  }
}
