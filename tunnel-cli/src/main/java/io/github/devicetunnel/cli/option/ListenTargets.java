package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.listen.TunnelSpec;
import io.github.devicetunnel.cli.process.Environment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The targets and credentials of listeners, after their names are resolved. */
final class ListenTargets {
  private static final List<TunnelSetting> PARTS =
      List.of(TunnelSetting.DEVICE, TunnelSetting.SERVICE);

  private final CloudOptions cloud;
  private final Environment environment;
  private final Config config;

  ListenTargets(CloudOptions cloud, Environment environment, Config config) {
    this.cloud = cloud;
    this.environment = environment;
    this.config = config;
  }

  /** Returns the parts of the target that every listener sets itself. */
  static Set<TunnelSetting> setByAll(List<TunnelSpec> specs) {
    Set<TunnelSetting> parts = EnumSet.noneOf(TunnelSetting.class);
    PARTS.stream()
        .filter(part -> specs.stream().allMatch(spec -> spec.has(part)))
        .forEach(parts::add);
    return parts;
  }

  /**
   * Returns the listeners with a device ID and an address in place of names, and with the
   * credentials of their devices.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if a name is unknown
   */
  List<TunnelSpec> resolve(List<TunnelSpec> specs, TargetNames names) {
    return specs.stream().map(spec -> resolve(spec, names)).toList();
  }

  private TunnelSpec resolve(TunnelSpec spec, TargetNames names) {
    TargetNames.Resolved target = target(spec, names);
    Map<TunnelSetting, String> parts = new EnumMap<>(TunnelSetting.class);
    if (target.device() != null) {
      parts.put(TunnelSetting.DEVICE, target.device().value());
    }
    if (target.service() != null) {
      parts.put(TunnelSetting.SERVICE, target.service().value());
    }
    return spec.with(parts, cloud.access().own(target.key(), config));
  }

  private TargetNames.Resolved target(TunnelSpec spec, TargetNames names) {
    Setting device = setting(spec, TunnelSetting.DEVICE);
    Setting service = setting(spec, TunnelSetting.SERVICE);
    return names.resolve(
        device == null ? cloud.device(environment, config) : device,
        service == null ? cloud.service(environment, config) : service);
  }

  private static @Nullable Setting setting(TunnelSpec spec, TunnelSetting part) {
    String value = spec.settings().get(part);
    return value == null ? null : new Setting(spec.origin(), value, null);
  }

  /**
   * Returns the target of the shared client, which requires one. If every listener sets a part, the
   * part of the first listener is used. Otherwise the common options must set it.
   *
   * @param specs the resolved listeners
   * @param borrowed the parts that every listener sets
   */
  TargetNames.Resolved shared(
      List<TunnelSpec> specs, Set<TunnelSetting> borrowed, TargetNames names) {
    TunnelSpec first = specs.get(0);
    return names.resolve(
        borrowed.contains(TunnelSetting.DEVICE)
            ? setting(first, TunnelSetting.DEVICE)
            : cloud.device(environment, config),
        borrowed.contains(TunnelSetting.SERVICE)
            ? setting(first, TunnelSetting.SERVICE)
            : cloud.service(environment, config));
  }

  /**
   * Returns the credential of the shared client if the common options have none, and every listener
   * has its own.
   *
   * @param specs the resolved listeners
   */
  @Nullable Credentials sharedCredentials(List<TunnelSpec> specs) {
    boolean own = specs.stream().allMatch(spec -> spec.credentials() != null);
    return own && !cloud.access().hasCredential(environment) ? specs.get(0).credentials() : null;
  }

  /**
   * Checks the credentials of listeners that a reload adds.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if a listener has no credential of its own,
   *     and the common options have none
   */
  void requireCredentials(List<TunnelSpec> specs) {
    for (TunnelSpec spec : specs) {
      if (spec.credentials() == null && !cloud.access().hasCredential(environment)) {
        throw CommandFailure.usage(
            spec.origin()
                + ": the device has no credential, and no common one was set at startup; add one"
                + " to the device or restart the program");
      }
    }
  }

  /** Returns a client with the settings of one listener. */
  TunnelClient client(TunnelSpec spec, TargetNames names, Console console) {
    TargetNames.Resolved target = target(spec, names);
    return cloud.client(
        environment,
        config,
        console,
        target,
        cloud.access().own(target.key(), config),
        builder ->
            spec.settings()
                .forEach(
                    (setting, value) -> {
                      if (!PARTS.contains(setting)) {
                        setting.apply(builder, value, spec.origin());
                      }
                    }));
  }
}
