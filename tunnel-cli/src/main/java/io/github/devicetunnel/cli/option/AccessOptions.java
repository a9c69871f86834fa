package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.NamedDevice;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.OptionNames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for access to a cloud: its address, the credential and the network. */
public final class AccessOptions {
  /** Read by {@link Config}, before picocli assigns the values of options. */
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = OptionNames.CONFIG,
      paramLabel = "FILE",
      order = 13,
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
      order = 14,
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

  @Mixin private final CredentialOptions credentials = new CredentialOptions();

  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--allow-plaintext",
      order = 36,
      description = "Allow sending the credential unencrypted (ws://) to another machine")
  private boolean allowPlaintext;

  /** Read once, because standard input can be read only once. */
  private KeyOptions.@Nullable Key key;

  /** The credentials of devices. Their files are read once, because they may be pipes. */
  private final Map<NamedDevice.Key, Credentials> ofDevices = new ConcurrentHashMap<>();

  private boolean warned;

  /** Returns the URI of the cloud as configured. */
  public String cloudUri(Environment environment) {
    return uri(environment).value();
  }

  Setting uri(Environment environment) {
    Setting uri = Setting.find(OptionNames.CLOUD_URI, cloudUri, "TUNNEL_CLOUD_URI", environment);
    if (uri == null) {
      throw CommandFailure.usage(
          OptionNames.CLOUD_URI + ": is missing; specify it or set TUNNEL_CLOUD_URI");
    }
    return uri;
  }

  /**
   * Builds a client without a target, for requests to the REST API of the cloud. Does not connect.
   *
   * @param further applies further settings
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public TunnelClient client(
      Environment environment,
      Config config,
      Console console,
      Consumer<TunnelClient.Builder> further) {
    TunnelClient.Builder builder = TunnelClient.builder();
    further.accept(builder);
    uri(environment).applyTo(builder::cloudUri);
    TunnelClient client = build(builder, null, environment, config);
    warn(config, console);
    return client;
  }

  /**
   * Builds a client after all other settings.
   *
   * @param own replaces the credential of these options; null for that
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  TunnelClient build(
      TunnelClient.Builder builder,
      @Nullable Credentials own,
      Environment environment,
      Config config) {
    network.applyTo(builder, uri(environment).value(), environment);
    builder.allowPlaintext(allowPlaintext);
    builder.credentials(own == null ? key(environment, config).credentials() : own);
    try {
      return builder.build();
    } catch (IllegalStateException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, null));
    }
  }

  private KeyOptions.Key key(Environment environment, Config config) {
    KeyOptions.Key known = key;
    if (known == null) {
      known = credentials.key(environment, config);
      key = known;
    }
    return known;
  }

  /** Warns once about options that expose secrets. */
  void warn(Config config, Console console) {
    if (warned) {
      return;
    }
    warned = true;
    if (key != null && key.exposed()) {
      console.warn(
          "--api-key exposes the key to other users of this machine; use --api-key-file or"
              + " TUNNEL_API_KEY");
    }
    if (network.exposesPassword(config)) {
      console.warn(
          "--proxy exposes the password to other users of this machine; use ALL_PROXY or --config");
    }
  }

  /** Returns whether these options contain a credential. */
  boolean hasCredential(Environment environment) {
    return credentials.isPresent(environment);
  }

  /**
   * Returns a device's own credential, or null if it has none or an argument overrides it.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if the key file cannot be read
   */
  @Nullable Credentials own(NamedDevice.@Nullable Key key, Config config) {
    if (key == null || credentials.isArgument(config)) {
      return null;
    }
    Credentials known = ofDevices.get(key);
    if (known == null) {
      // Not in computeIfAbsent, which holds a lock: a file may not answer.
      known = KeyOptions.credentials(key);
      ofDevices.put(key, known);
    }
    return known;
  }

  /** Reloads certificates as {@link NetworkOptions#reloadCertificates} does. */
  List<String> reloadCertificates() {
    return network.reloadCertificates();
  }
}
