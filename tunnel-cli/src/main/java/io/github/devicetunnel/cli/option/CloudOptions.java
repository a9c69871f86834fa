package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Seconds;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that configure a {@link TunnelClient}: target, credentials, timeouts and network. */
public final class CloudOptions {
  private static final String CLOUD_URI = "--cloud-uri";
  private static final String DEVICE = "--device";
  private static final String SERVICE = "--service";
  private static final String PING_DURATION = "--ping-duration";

  /** Read by {@link Config}, before picocli assigns the values of options. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = OptionNames.CONFIG,
      paramLabel = "FILE",
      order = 9,
      description =
          "YAML file with options, named without dashes, and 'tunnels', a list of listeners with"
              + " listen, device and service; arguments and environment variables take precedence")
  private @Nullable String config;

  @Option(
      names = CLOUD_URI,
      paramLabel = "URL",
      order = 10,
      description =
          "Base URL of the cloud, such as wss://api.us-east-1.mbedcloud.com, or the full URL of a"
              + " connection [env: TUNNEL_CLOUD_URI]")
  private @Nullable String cloudUri;

  @Option(
      names = DEVICE,
      paramLabel = "ID",
      order = 11,
      description =
          "Device ID of the gateway, 32 hex digits; overrides the device in a full URL"
              + " [env: TUNNEL_DEVICE]")
  private @Nullable String device;

  @Option(
      names = SERVICE,
      paramLabel = "IP:PORT",
      order = 12,
      description =
          "Address of the service as the gateway sees it; overrides the service in a full URL"
              + " [env: TUNNEL_SERVICE]")
  private @Nullable String service;

  @Mixin private final CredentialOptions credentials = new CredentialOptions();

  @Option(
      names = PING_DURATION,
      paramLabel = "SECONDS",
      defaultValue = "5",
      order = 48,
      description =
          "Interval between pings, in seconds; 0 disables pings and liveness detection"
              + " [default: ${DEFAULT-VALUE}]")
  private String pingDuration = "";

  @Mixin private final TimeoutOptions timeouts = new TimeoutOptions();

  @Mixin private final LimitOptions limits = new LimitOptions();

  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--allow-plaintext",
      order = 36,
      description = "Allow sending the credential unencrypted (ws://) to another machine")
  private boolean allowPlaintext;

  /**
   * Builds a client. Does not connect.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public TunnelClient client(Environment environment, Config config, Console console) {
    return client(environment, config, console, builder -> {});
  }

  /**
   * Builds a client. Does not connect.
   *
   * @param first applies further settings, which these options override
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  TunnelClient client(
      Environment environment,
      Config config,
      Console console,
      Consumer<TunnelClient.Builder> first) {
    TunnelClient.Builder builder = TunnelClient.builder();
    first.accept(builder);
    String uri = setTarget(builder, environment, config);
    network.applyTo(builder, uri, environment);
    timeouts.applyTo(builder);
    limits.applyTo(builder);
    set(builder, new Setting(PING_DURATION, pingDuration, null));
    checkPings(timeouts.requiringPings(), "--");
    builder.allowPlaintext(allowPlaintext);
    KeyOptions.Key key = credentials.key(environment, config);
    builder.credentials(key.credentials());
    TunnelClient client = build(builder);
    if (key.exposed()) {
      console.warn(
          "--api-key exposes the key to other users of this machine; use --api-key-file or"
              + " TUNNEL_API_KEY");
    }
    if (network.exposesPassword(config)) {
      console.warn(
          "--proxy exposes the password to other users of this machine; use ALL_PROXY or --config");
    }
    return client;
  }

  /**
   * Rejects timeouts that have no effect without pings, because they are checked when a ping is
   * due.
   *
   * @param settings the settings that the user gave
   * @param prefix of their names in messages
   * @throws CommandFailure with {@link ExitCode#USAGE} if pings are disabled and such a timeout is
   *     set
   */
  void checkPings(Map<TunnelSetting, String> settings, String prefix) {
    for (TunnelSetting bound : TunnelSetting.REQUIRE_PINGS) {
      if (settings.containsKey(bound) && !pings()) {
        throw CommandFailure.usage(
            prefix
                + bound.key()
                + ": requires pings, but "
                + PING_DURATION
                + " is 0; enable pings or remove the timeout");
      }
    }
  }

  private boolean pings() {
    try {
      return !Seconds.parse(pingDuration).isZero();
    } catch (IllegalArgumentException e) {
      throw new Setting(PING_DURATION, pingDuration, null).rejected(e);
    }
  }

  /** Reloads certificates as {@link NetworkOptions#reloadCertificates} does. */
  List<String> reloadCertificates() {
    return network.reloadCertificates();
  }

  /** Returns the maximum time for open connections to finish when the program stops. */
  public Duration drainTimeout() {
    return timeouts.drainTimeout();
  }

  /** Sets the cloud, device and service, and returns the URI of the cloud. */
  private String setTarget(TunnelClient.Builder builder, Environment environment, Config config) {
    Setting uri = Setting.find(CLOUD_URI, cloudUri, "TUNNEL_CLOUD_URI", environment);
    if (uri == null) {
      throw CommandFailure.usage(CLOUD_URI + ": is missing; specify it or set TUNNEL_CLOUD_URI");
    }
    // Later settings win, in the order file, environment, argument. Within each of these, --device
    // and --service override a full URL.
    Stream.of(
            uri,
            Setting.find(DEVICE, device, "TUNNEL_DEVICE", environment),
            Setting.find(SERVICE, service, "TUNNEL_SERVICE", environment))
        .filter(Objects::nonNull)
        .sorted(Comparator.comparing(setting -> rank(setting, config)))
        .forEach(setting -> set(builder, setting));
    return uri.value();
  }

  private static int rank(Setting setting, Config config) {
    if (setting.isArgument()) {
      return config.sets(setting.option()) ? 0 : 2;
    }
    return 1;
  }

  private static void set(TunnelClient.Builder builder, Setting setting) {
    String value = setting.value();
    try {
      switch (setting.option()) {
        case CLOUD_URI -> builder.cloudUri(value);
        case DEVICE -> builder.deviceId(value);
        case SERVICE -> builder.serviceAddress(value);
        case PING_DURATION -> builder.pingInterval(Seconds.parse(value));
        default -> throw new AssertionError(setting.option());
      }
    } catch (IllegalArgumentException e) {
      throw setting.rejected(e);
    }
  }

  private static TunnelClient build(TunnelClient.Builder builder) {
    try {
      TunnelClient client = builder.build();
      if (client.target().isEmpty()) {
        throw new IllegalStateException("deviceId is missing");
      }
      return client;
    } catch (IllegalStateException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    }
  }
}
