package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
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
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that configure a {@link TunnelClient}: target, credentials, timeouts and network. */
public final class CloudOptions {
  private static final String DEVICE = "--device";
  private static final String SERVICE = "--service";
  private static final String FULL_URL = "/v3/devices/";
  private static final String PING_DURATION = "--ping-duration";

  /** Read by {@link Config}, before picocli assigns the values of options. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = OptionNames.CONFIG,
      paramLabel = "FILE",
      order = 9,
      description =
          "YAML file with options, named without dashes, and 'tunnels', a list of listeners with"
              + " listen, device and service; arguments and environment variables take precedence"
              + " [default: ~/.config/device-tunnel/config.yaml] [env: TUNNEL_CONFIG]")
  private @Nullable String config;

  /** Read by {@link Config}. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = OptionNames.PROFILE,
      paramLabel = "NAME",
      order = 9,
      description =
          "Profile of the configuration, whose options override the common ones"
              + " [default: its default-profile] [env: TUNNEL_PROFILE]")
  private @Nullable String profile;

  @Option(
      names = OptionNames.CLOUD_URI,
      paramLabel = "URL",
      order = 10,
      description =
          "Base URL of the cloud, such as wss://api.us-east-1.mbedcloud.com, or the full URL of a"
              + " connection [env: TUNNEL_CLOUD_URI]")
  private @Nullable String cloudUri;

  @Option(
      names = DEVICE,
      paramLabel = "DEVICE",
      order = 11,
      description =
          "Name or ID (32 hex digits) of the gateway; overrides the device in a full URL"
              + " [env: TUNNEL_DEVICE]")
  private @Nullable String device;

  @Option(
      names = SERVICE,
      paramLabel = "SERVICE",
      order = 12,
      description =
          "Name of the service, or its IP:PORT as the gateway sees it; overrides the service in a full URL"
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
   * Builds a client for the target of these options. Does not connect.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public TunnelClient client(Environment environment, Config config, Console console) {
    TargetNames.Resolved target =
        new TargetNames(config.book())
            .resolve(device(environment, config), service(environment, config));
    return client(
        environment, config, console, target, own(target.credentials(), config), builder -> {});
  }

  /**
   * Builds a client. Does not connect.
   *
   * @param target overrides the target of a full URL
   * @param own replaces the credential of these options; null for that
   * @param further applies further settings
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  TunnelClient client(
      Environment environment,
      Config config,
      Console console,
      TargetNames.Resolved target,
      @Nullable Credentials own,
      Consumer<TunnelClient.Builder> further) {
    TunnelClient.Builder builder = TunnelClient.builder();
    further.accept(builder);
    Setting uri = uri(environment);
    set(builder::cloudUri, uri);
    set(builder::deviceId, target.device());
    set(builder::serviceAddress, target.service());
    network.applyTo(builder, uri.value(), environment);
    timeouts.applyTo(builder);
    limits.applyTo(builder);
    Setting pings = new Setting(PING_DURATION, pingDuration, null);
    set(value -> builder.pingInterval(Seconds.parse(value)), pings);
    checkPings(timeouts.requiringPings(), "--");
    builder.allowPlaintext(allowPlaintext);
    KeyOptions.Key key =
        own == null ? credentials.key(environment, config) : new KeyOptions.Key(own, false);
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

  /** Returns whether these options contain a credential. */
  boolean hasCredential(Environment environment) {
    return credentials.isPresent(environment);
  }

  /** Returns a device's own credential, unless an argument overrides it. */
  @Nullable Credentials own(@Nullable Credentials ofDevice, Config config) {
    return credentials.isArgument(config) ? null : ofDevice;
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

  private Setting uri(Environment environment) {
    Setting uri = Setting.find(OptionNames.CLOUD_URI, cloudUri, "TUNNEL_CLOUD_URI", environment);
    if (uri == null) {
      throw CommandFailure.usage(
          OptionNames.CLOUD_URI + ": is missing; specify it or set TUNNEL_CLOUD_URI");
    }
    return uri;
  }

  /** Returns the name or ID of the device, or null if only a full URL may contain it. */
  @Nullable Setting device(Environment environment, Config config) {
    return unlessInUrl(
        Setting.find(DEVICE, device, "TUNNEL_DEVICE", environment), environment, config);
  }

  /** Returns the name or address of the service, or null if only a full URL may contain it. */
  @Nullable Setting service(Environment environment, Config config) {
    return unlessInUrl(
        Setting.find(SERVICE, service, "TUNNEL_SERVICE", environment), environment, config);
  }

  /**
   * Returns a part of the target, or null if a full URL overrides it. Later settings win, in the
   * order file, environment, argument. Within each of these, a part overrides a full URL.
   */
  private @Nullable Setting unlessInUrl(
      @Nullable Setting part, Environment environment, Config config) {
    if (part == null) {
      return null;
    }
    Setting uri = uri(environment);
    boolean isFull = uri.value().contains(FULL_URL);
    return isFull && rank(part, config) < rank(uri, config) ? null : part;
  }

  private static int rank(Setting setting, Config config) {
    if (setting.isArgument()) {
      return config.sets(setting.option()) ? 0 : 2;
    }
    return 1;
  }

  private static void set(Consumer<String> setter, @Nullable Setting setting) {
    if (setting == null) {
      return;
    }
    try {
      setter.accept(setting.value());
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
