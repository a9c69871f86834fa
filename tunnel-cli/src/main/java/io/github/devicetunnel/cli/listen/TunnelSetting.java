package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.Counts;
import io.github.devicetunnel.cli.value.Times;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A setting that a single tunnel can override. */
public enum TunnelSetting {
  DEVICE,
  SERVICE,
  CONNECT_TIMEOUT,
  HALF_CLOSE_TIMEOUT,
  LIVENESS_TIMEOUT,
  WRITE_TIMEOUT,
  IDLE_TIMEOUT,
  MAX_CONNECTIONS;

  /** Timeouts that are checked only when a ping is due. */
  public static final List<TunnelSetting> REQUIRE_PINGS = List.of(LIVENESS_TIMEOUT, WRITE_TIMEOUT);

  /** Returns the key in a configuration file, which is the name of the option without dashes. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static List<String> keys() {
    return Arrays.stream(values()).map(TunnelSetting::key).toList();
  }

  /** Returns the setting with this key, or null. */
  public static @Nullable TunnelSetting of(String key) {
    return Arrays.stream(values()).filter(s -> s.key().equals(key)).findFirst().orElse(null);
  }

  /**
   * Applies a value to a client.
   *
   * @param where the origin of the value, for messages
   * @throws CommandFailure with {@link ExitCode#USAGE} if the value is invalid
   */
  public void apply(TunnelClient.Builder builder, String value, String where) {
    try {
      switch (this) {
        case DEVICE -> builder.deviceId(value);
        case SERVICE -> builder.serviceAddress(value);
        case CONNECT_TIMEOUT -> builder.connectTimeout(Times.parse(value));
        case HALF_CLOSE_TIMEOUT -> builder.halfCloseTimeout(Times.parse(value));
        case LIVENESS_TIMEOUT -> builder.livenessTimeout(Times.parse(value));
        case WRITE_TIMEOUT -> builder.writeTimeout(Times.parse(value));
        case IDLE_TIMEOUT -> builder.idleTimeout(Times.parse(value));
        case MAX_CONNECTIONS -> builder.maxConnections(Counts.parse(value));
      }
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, where));
    }
  }
}
