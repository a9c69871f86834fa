package io.github.devicetunnel.cli.listen;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Quoted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A configured listener.
 *
 * @param origin the option with the listener, or file and line
 * @param listen the local address
 * @param settings that override those of the shared client
 * @param credentials that override those of the shared client, or null
 */
public record TunnelSpec(
    String origin,
    SocketAddress listen,
    Map<TunnelSetting, String> settings,
    @Nullable Credentials credentials) {

  /** Creates a listener with the credential of the shared client. */
  public TunnelSpec(String origin, SocketAddress listen, Map<TunnelSetting, String> settings) {
    this(origin, listen, settings, null);
  }

  /**
   * Parses the value of {@code -L}.
   *
   * @param text {@code LISTEN=DEVICE/SERVICE} or {@code LISTEN=SERVICE}
   * @throws CommandFailure with {@link ExitCode#USAGE} if the value is malformed
   */
  public static TunnelSpec parse(String option, String text) {
    // The path of a unix socket may contain '=', but a service cannot.
    int equals = text.lastIndexOf('=');
    if (equals < 0) {
      throw CommandFailure.usage(
          option + ": must be LISTEN=DEVICE/SERVICE, but " + Quoted.of(text) + " has no =");
    }
    String target = text.substring(equals + 1);
    int slash = target.indexOf('/');
    Map<TunnelSetting, String> settings = new EnumMap<>(TunnelSetting.class);
    if (slash >= 0) {
      settings.put(TunnelSetting.DEVICE, target.substring(0, slash));
    }
    settings.put(TunnelSetting.SERVICE, target.substring(slash + 1));
    return new TunnelSpec(option, ListenAddress.parse(option, text.substring(0, equals)), settings);
  }

  public boolean has(TunnelSetting setting) {
    return settings.containsKey(setting);
  }

  /** Returns the listener with more settings, and with a credential or null. */
  public TunnelSpec with(
      Map<TunnelSetting, String> further, @Nullable Credentials otherCredentials) {
    Map<TunnelSetting, String> all = new EnumMap<>(TunnelSetting.class);
    all.putAll(settings);
    all.putAll(further);
    return new TunnelSpec(origin, listen, all, otherCredentials);
  }

  /**
   * Applies the settings to a client.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if a setting is invalid
   */
  public void applyTo(TunnelClient.Builder builder) {
    settings.forEach((setting, value) -> setting.apply(builder, value, origin));
    if (credentials != null) {
      builder.credentials(credentials);
    }
  }

  /** Returns whether another listener has the same address and settings. Ignores its origin. */
  boolean isSameAs(TunnelSpec other) {
    return listen.equals(other.listen)
        && settings.equals(other.settings)
        && Objects.equals(credentials, other.credentials);
  }

  TunnelListener listen(TunnelClient client) throws IOException {
    return listen instanceof UnixDomainSocketAddress path
        ? client.listen(path)
        : client.listen((InetSocketAddress) listen);
  }
}
