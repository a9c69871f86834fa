package io.github.devicetunnel.cli.option;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.config.ConfigFile;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.Listeners;
import io.github.devicetunnel.cli.listen.PortFile;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.listen.TunnelSpec;
import io.github.devicetunnel.cli.process.BlockingTasks;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.StoppedException;
import io.github.devicetunnel.cli.report.Reporting;
import io.github.devicetunnel.cli.value.BuilderMessages;
import io.github.devicetunnel.cli.value.Counts;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for listeners. */
public final class ListenOptions {
  private static final String TUNNEL = "-L";
  private static final String MAX_CONNECTIONS = "--max-connections";
  private static final String WARM_CONNECTIONS = "--warm-connections";

  @Option(
      names = ListenAddress.OPTION,
      paramLabel = "HOST:PORT",
      order = 1,
      description =
          "Address to listen on; :PORT for loopback, port 0 for any free port, unix:PATH for a unix"
              + " socket [default: 127.0.0.1:8181; for exec 127.0.0.1:0; with -L none]")
  private @Nullable String listenUri;

  @Option(
      names = TUNNEL,
      paramLabel = "LISTEN=DEVICE/SERVICE",
      order = 2,
      description =
          "Additional listener with its own target; DEVICE/ defaults to --device; may be repeated")
  private List<String> tunnels = new ArrayList<>();

  @Option(
      names = PortFile.OPTION,
      paramLabel = "FILE",
      order = 3,
      description =
          "File for the listener addresses, one per line; written when all listeners are open,"
              + " removed at exit")
  private @Nullable Path portFile;

  @Option(
      names = MAX_CONNECTIONS,
      paramLabel = "NUMBER",
      order = 46,
      description =
          "Maximum number of open connections per listener; further connections wait"
              + " [default: no limit]")
  private @Nullable String maxConnections;

  @Option(
      names = WARM_CONNECTIONS,
      paramLabel = "NUMBER",
      order = 47,
      description =
          "Number of idle connections to the cloud to keep ready, so that a tunnel opens without"
              + " waiting for TCP and TLS [default: 0]")
  private @Nullable String warmConnections;

  private final String defaultAddress;

  /**
   * The parts of the first listener's target that the shared client uses only because a client
   * requires a target.
   */
  private final Set<TunnelSetting> borrowed = EnumSet.noneOf(TunnelSetting.class);

  /** Creates options with the address of the listener that opens if no other is configured. */
  public ListenOptions(String defaultAddress) {
    this.defaultAddress = defaultAddress;
  }

  /**
   * Opens all listeners and reports each.
   *
   * @throws CommandFailure if an option is invalid or a listener cannot be opened
   * @throws StoppedException if a signal stops the program; nothing is open then
   */
  public Listeners open(
      CloudOptions cloud,
      Environment environment,
      Config config,
      Console console,
      Reporting reporting)
      throws InterruptedException {
    BlockingTasks tasks = new BlockingTasks(environment.stopSignals());
    Start start =
        tasks.call(
            () -> prepare(cloud, environment, config, console, reporting),
            late -> late.shared.close(),
            ChronoUnit.FOREVER.getDuration());
    return Listeners.open(start.shared, start.specs, start.portFile, console, reporting, tasks);
  }

  /** The parts of the listeners that are prepared before any of them opens. */
  private record Start(List<TunnelSpec> specs, @Nullable PortFile portFile, TunnelClient shared) {}

  private Start prepare(
      CloudOptions cloud,
      Environment environment,
      Config config,
      Console console,
      Reporting reporting) {
    List<TunnelSpec> configured = specs(config.tunnels(), cloud);
    ListenTargets targets = new ListenTargets(cloud, environment, config);
    borrowed.addAll(ListenTargets.setByAll(configured));
    PortFile file = portFile == null ? null : PortFile.at(portFile);
    List<TunnelSpec> specs;
    TargetNames.Resolved common;
    try (DirectoryNames directory = cloud.directory(environment, config, console)) {
      TargetNames names = new TargetNames(config.book(), directory);
      specs = targets.resolve(configured, names);
      common = targets.shared(specs, borrowed, names);
    }
    TunnelClient shared =
        cloud.client(
            environment,
            config,
            console,
            common,
            targets.sharedCredentials(specs),
            builder -> {
              applyTo(builder);
              reporting.observe(builder);
            });
    return new Start(specs, file, shared);
  }

  /**
   * Returns a client with the target of the first listener, for {@code check}. Opens no listener.
   *
   * @throws CommandFailure with {@link ExitCode#USAGE} if an option is invalid
   */
  public TunnelClient firstClient(
      CloudOptions cloud, Environment environment, Config config, Console console) {
    TunnelSpec first = specs(config.tunnels(), cloud).get(0);
    try (DirectoryNames directory = cloud.directory(environment, config, console)) {
      return new ListenTargets(cloud, environment, config)
          .client(first, new TargetNames(config.book(), directory), console);
    }
  }

  private void applyTo(TunnelClient.Builder builder) {
    if (maxConnections != null) {
      TunnelSetting.MAX_CONNECTIONS.apply(builder, maxConnections, MAX_CONNECTIONS);
    }
    if (warmConnections != null) {
      applyWarm(builder, warmConnections);
    }
  }

  private static void applyWarm(TunnelClient.Builder builder, String number) {
    try {
      builder.warmConnections(Counts.parse(number));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(BuilderMessages.translate(e, WARM_CONNECTIONS));
    }
  }

  /**
   * Returns the listeners after a reload. May block, because it resolves names.
   *
   * @param fresh the current content of the file of {@code --config}
   * @throws CommandFailure with {@link ExitCode#USAGE} if the file lacks what it had at startup
   */
  List<TunnelSpec> specsAfterReload(
      ConfigFile fresh,
      Config config,
      CloudOptions cloud,
      Environment environment,
      Console console) {
    if (!config.tunnels().isEmpty()) {
      checkNotEmptied(fresh);
    }
    List<TunnelSpec> specs = specs(fresh.tunnels(), cloud);
    for (TunnelSpec spec : specs) {
      borrowed.stream().filter(part -> !spec.has(part)).forEach(part -> failMissing(spec, part));
    }
    ListenTargets targets = new ListenTargets(cloud, environment, config);
    try (DirectoryNames directory = cloud.directory(environment, config, console)) {
      List<TunnelSpec> resolved = targets.resolve(specs, new TargetNames(fresh.book(), directory));
      targets.requireCredentials(resolved);
      return resolved;
    }
  }

  /**
   * Rejects a file from which all tunnels were removed, because the default listener would open in
   * their place.
   */
  private void checkNotEmptied(ConfigFile fresh) {
    if (fresh.tunnels().isEmpty() && tunnels.isEmpty() && listenUri == null) {
      throw CommandFailure.usage(
          fresh.name()
              + (fresh.items().isEmpty() ? ": is empty" : ": has no tunnels")
              + ", but had tunnels at startup; correct the file and send SIGHUP again");
    }
  }

  private static void failMissing(TunnelSpec spec, TunnelSetting part) {
    throw CommandFailure.usage(
        spec.origin()
            + ": has no "
            + part.key()
            + ", and no default was set at startup; add it or restart the program");
  }

  /** Returns the listeners in the order in which they are opened. */
  private List<TunnelSpec> specs(List<TunnelSpec> fromFile, CloudOptions cloud) {
    fromFile.forEach(spec -> cloud.checkPings(spec.settings(), spec.origin() + ": "));
    List<TunnelSpec> specs = new ArrayList<>();
    if (listenUri != null || (tunnels.isEmpty() && fromFile.isEmpty())) {
      String address = listenUri == null ? defaultAddress : listenUri;
      String option = ListenAddress.OPTION;
      specs.add(new TunnelSpec(option, ListenAddress.parse(option, address), Map.of()));
    }
    tunnels.forEach(text -> specs.add(TunnelSpec.parse(TUNNEL, text)));
    specs.addAll(fromFile);
    return specs;
  }
}
