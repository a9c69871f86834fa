package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.value.Times;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for timeouts. The defaults are those of the library. */
public final class TimeoutOptions {
  private static final String CONNECT = "--connect-timeout";
  private static final String HALF_CLOSE = "--half-close-timeout";
  private static final String LIVENESS = "--liveness-timeout";
  private static final String WRITE = "--write-timeout";
  private static final String IDLE = "--idle-timeout";
  public static final String DRAIN = "--drain-timeout";

  @Option(
      names = CONNECT,
      paramLabel = "TIME",
      order = 40,
      description = "Maximum time to open a tunnel, such as 500ms, 10s or 5m [default: 15s]")
  private @Nullable String connect;

  @Option(
      names = HALF_CLOSE,
      paramLabel = "TIME",
      order = 41,
      description =
          "Maximum pause in a reply after the local side has ended its output [default: 10s; for"
              + " stdio 60s]")
  private @Nullable String halfClose;

  @Option(
      names = LIVENESS,
      paramLabel = "TIME",
      order = 42,
      description =
          "Maximum silence of the cloud before the tunnel is aborted; requires pings [default: two"
              + " ping intervals, at least 8s]")
  private @Nullable String liveness;

  @Option(
      names = WRITE,
      paramLabel = "TIME",
      order = 43,
      description =
          "Maximum time that the cloud may accept no bytes, 0 for no limit; requires pings"
              + " [default: 2m]")
  private @Nullable String write;

  @Option(
      names = IDLE,
      paramLabel = "TIME",
      order = 44,
      description =
          "Maximum time without payload before a connection is closed [default: 0, no limit]")
  private @Nullable String idle;

  @Option(
      names = DRAIN,
      paramLabel = "TIME",
      defaultValue = "5s",
      order = 45,
      description =
          "Maximum time to drain open connections when the program stops, 0 to abort them"
              + " immediately [default: ${DEFAULT-VALUE}; for exec 1s]")
  private String drain = "";

  /**
   * Applies the options to a client.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  void applyTo(TunnelClient.Builder builder) {
    set(CONNECT, connect, builder::connectTimeout);
    set(HALF_CLOSE, halfClose, builder::halfCloseTimeout);
    set(LIVENESS, liveness, builder::livenessTimeout);
    set(WRITE, write, builder::writeTimeout);
    set(IDLE, idle, builder::idleTimeout);
    builder.drainTimeout(drainTimeout());
  }

  /** Returns the given timeouts that are checked only when a ping is due. */
  Map<TunnelSetting, String> requiringPings() {
    Map<TunnelSetting, String> given = new EnumMap<>(TunnelSetting.class);
    if (liveness != null) {
      given.put(TunnelSetting.LIVENESS_TIMEOUT, liveness);
    }
    if (write != null) {
      given.put(TunnelSetting.WRITE_TIMEOUT, write);
    }
    return given;
  }

  Duration drainTimeout() {
    return parse(DRAIN, drain);
  }

  private static void set(String option, @Nullable String value, Consumer<Duration> setter) {
    if (value != null) {
      Duration time = parse(option, value);
      try {
        setter.accept(time);
      } catch (IllegalArgumentException e) {
        throw new Setting(option, value, null).rejected(e);
      }
    }
  }

  private static Duration parse(String option, String value) {
    try {
      return Times.parse(value);
    } catch (IllegalArgumentException e) {
      throw new Setting(option, value, null).rejected(e);
    }
  }
}
