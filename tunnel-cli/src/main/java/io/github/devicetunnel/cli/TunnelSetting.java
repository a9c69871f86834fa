package io.github.devicetunnel.cli;

import io.github.devicetunnel.TunnelClient;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be set for one tunnel, where it differs from the others. */
enum TunnelSetting {
  DEVICE,
  SERVICE,
  CONNECT_TIMEOUT,
  HALF_CLOSE_TIMEOUT,
  LIVENESS_TIMEOUT,
  WRITE_TIMEOUT,
  IDLE_TIMEOUT,
  MAX_CONNECTIONS;

  /** They bound a silence, which is looked for when a ping is due. */
  static final List<TunnelSetting> JUDGED_AT_A_PING = List.of(LIVENESS_TIMEOUT, WRITE_TIMEOUT);

  /** As in a file, and as an option without its dashes. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(TunnelSetting::key).toList();
  }

  /** Null when nothing has this name. */
  static @Nullable TunnelSetting of(String key) {
    return Arrays.stream(values()).filter(s -> s.key().equals(key)).findFirst().orElse(null);
  }

  /**
   * Whatever is wrong is a {@link CommandFailure} of usage.
   *
   * @param where the value was given
   */
  void apply(TunnelClient.Builder builder, String value, String where) {
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
