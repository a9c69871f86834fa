package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.NameCache;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.Seconds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that configure a {@link TunnelClient}: target, credentials, timeouts and network. */
public final class CloudOptions {
  private static final String DEVICE = "--device";
  private static final String SERVICE = "--service";

  /** Matches a full URL that contains a valid device ID. */
  private static final Pattern FULL_URL = Pattern.compile("/v3/devices/([0-9a-fA-F]{32})/");

  private static final String PING_DURATION = "--ping-duration";

  @Mixin private final AccessOptions access = new AccessOptions();

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

  /**
   * Builds a client for the target of these options. Does not connect.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public TunnelClient client(Environment environment, Config config, Console console) {
    TargetNames.Resolved target;
    try (DirectoryNames directory = directory(environment, config, console)) {
      target =
          new TargetNames(config.book(), directory)
              .resolve(device(environment, config), service(environment, config));
    }
    return client(
        environment, config, console, target, access.own(target.key(), config), builder -> {});
  }

  /** Returns the names of the cloud's device directory. */
  DirectoryNames directory(Environment environment, Config config, Console console) {
    return new DirectoryNames(
        access.hasCredential(environment),
        () -> access.client(environment, config, console, timeouts::applyTo),
        () -> NameCache.of(access.cloudUri(environment), environment),
        console);
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
    access.uri(environment).applyTo(builder::cloudUri);
    if (target.device() != null) {
      target.device().applyTo(builder::deviceId);
    }
    if (target.service() != null) {
      target.service().applyTo(builder::serviceAddress);
    }
    timeouts.applyTo(builder);
    limits.applyTo(builder);
    new Setting(PING_DURATION, pingDuration, null)
        .applyTo(value -> builder.pingInterval(Seconds.parse(value)));
    checkPings(timeouts.requiringPings(), "--");
    TunnelClient client = access.build(builder, own, environment, config);
    if (client.target().isEmpty()) {
      client.close();
      throw CommandFailure.usage(
          BuilderMessages.translate(new IllegalStateException("deviceId is missing"), null));
    }
    access.warn(config, console);
    return client;
  }

  /** Returns the options for access to the cloud. */
  AccessOptions access() {
    return access;
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
    return access.reloadCertificates();
  }

  /** Returns the maximum time for open connections to finish when the program stops. */
  public Duration drainTimeout() {
    return timeouts.drainTimeout();
  }

  /** Returns the name or ID of the device, which may be part of a full URL, or null. */
  @Nullable Setting device(Environment environment, Config config) {
    Setting given =
        unlessInUrl(
            Setting.find(DEVICE, device, "TUNNEL_DEVICE", environment), environment, config);
    Setting uri = access.uri(environment);
    Matcher full = FULL_URL.matcher(uri.value());
    return given == null && full.find() ? uri.with(full.group(1)) : given;
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
    Setting uri = access.uri(environment);
    boolean isFull = FULL_URL.matcher(uri.value()).find();
    return isFull && rank(part, config) < rank(uri, config) ? null : part;
  }

  private static int rank(Setting setting, Config config) {
    if (setting.isArgument()) {
      return config.sets(setting.option()) ? 0 : 2;
    }
    return 1;
  }
}
