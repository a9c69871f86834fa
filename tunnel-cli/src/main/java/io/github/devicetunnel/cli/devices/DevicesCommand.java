package io.github.devicetunnel.cli.devices;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.book.NameCache;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.TunnelSetting;
import io.github.devicetunnel.cli.option.AccessOptions;
import io.github.devicetunnel.cli.option.LogOptions;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.value.Choice;
import io.github.devicetunnel.cli.value.Counts;
import io.github.devicetunnel.cli.value.Quoted;
import io.github.devicetunnel.directory.Device;
import io.github.devicetunnel.directory.DeviceDirectory;
import io.github.devicetunnel.directory.DeviceQuery;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code devices} command, which lists the devices of the cloud's directory. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Lists the devices that the access key may read, with name, ID, state and last update.",
      "",
      "A device can be used when its state is registered. Its name can be used in place of its ID:",
      "  tunnel stdio --device turbine-7 --service 127.0.0.1:22"
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel devices [OPTION...]",
    sortOptions = false)
public final class DevicesCommand implements Callable<Integer> {
  private static final String NAME = "--name";
  private static final String STATE = "--state";
  private static final String ATTRIBUTE = "--attribute";
  private static final String LIMIT = "--limit";
  private static final String CONNECT_TIMEOUT = "--connect-timeout";
  private static final String PORT = "--port";
  private static final String OUTPUT = "--output";

  private static final int MAX_PORT = 65_535;

  private final Environment environment;
  private final Config config;
  private final Console console;

  @Option(
      names = NAME,
      paramLabel = "GLOB",
      order = 61,
      description = "Only devices with this name; * and ? match any characters")
  private @Nullable String name;

  @Option(
      names = STATE,
      paramLabel = "STATE",
      order = 62,
      description =
          "Only devices in this state: unenrolled, cloud_enrolling, bootstrapped, registered"
              + " (connected) or deregistered; may be repeated")
  private List<String> states = new ArrayList<>();

  @Option(
      names = ATTRIBUTE,
      paramLabel = "NAME=VALUE",
      order = 63,
      description = "Only devices with this custom attribute; may be repeated")
  private List<String> attributes = new ArrayList<>();

  @Option(
      names = LIMIT,
      paramLabel = "NUMBER",
      order = 64,
      description = "Maximum number of devices [default: no limit]")
  private @Nullable String limit;

  @Mixin private final AccessOptions access = new AccessOptions();

  @Option(
      names = CONNECT_TIMEOUT,
      paramLabel = "TIME",
      order = 40,
      description =
          "Maximum time for the answer to a request, and maximum pause in it [default: 15s]")
  private @Nullable String connectTimeout;

  @Option(
      names = OUTPUT,
      paramLabel = "FORMAT",
      defaultValue = "text",
      order = 50,
      description =
          "Format of standard output: text; json with one object per line; ids with one ID per"
              + " line; or prometheus for file_sd_configs [default: ${DEFAULT-VALUE}]")
  private String output = "";

  @Option(
      names = PORT,
      paramLabel = "NUMBER",
      defaultValue = "9100",
      order = 50,
      description =
          "Port of the targets for --output prometheus [default: ${DEFAULT-VALUE}, the port of"
              + " node_exporter]")
  private String port = "";

  @Mixin private final LogOptions log = new LogOptions();

  public DevicesCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
    this.console = console;
  }

  /** The formats of {@code --output}. */
  private enum Format {
    TEXT,
    JSON,
    IDS,
    PROMETHEUS
  }

  @Override
  public Integer call() {
    log.apply(console, LogLevel.WARN);
    DeviceOutput devices = output();
    DeviceQuery query = query();
    try (TunnelClient client = access.client(environment, config, console, this::applyTo)) {
      List<String> names = new ArrayList<>();
      Iterator<Device> found = directory(client).list(query).iterator();
      while (found.hasNext()) {
        Device device = found.next();
        devices.add(device);
        if (device.name() != null && names.size() < NameCache.MAX_NAMES) {
          names.add(device.name());
        }
      }
      devices.end(true);
      if (isComplete()) {
        NameCache.of(access.cloudUri(environment), environment).write(names);
      }
    } catch (UncheckedIOException e) {
      devices.end(false);
      throw CloudFailure.of(Objects.requireNonNull(e.getCause()));
    }
    return ExitCode.OK;
  }

  private void applyTo(TunnelClient.Builder builder) {
    if (connectTimeout != null) {
      TunnelSetting.CONNECT_TIMEOUT.apply(builder, connectTimeout, CONNECT_TIMEOUT);
    }
  }

  /** Returns whether all devices are listed. */
  private boolean isComplete() {
    return name == null && states.isEmpty() && attributes.isEmpty() && limit == null;
  }

  private static DeviceDirectory directory(TunnelClient client) {
    try {
      return DeviceDirectory.of(client);
    } catch (IllegalStateException e) {
      throw CommandFailure.usage(
          "the device directory requires an access key, but the credential is a JWT; specify"
              + " --api-key-file with an access key and omit --application-id");
    }
  }

  private DeviceOutput output() {
    return switch (Choice.of(Format.class, OUTPUT, output)) {
      case TEXT -> new DeviceTable(console);
      case JSON -> new DeviceLines(console, DeviceLines::json);
      case IDS -> new DeviceLines(console, Device::id);
      case PROMETHEUS -> new ScrapeTargets(console, port());
    };
  }

  private int port() {
    int number = count(PORT, port);
    if (number < 1 || number > MAX_PORT) {
      throw CommandFailure.usage(PORT + ": must be from 1 to 65535, but is " + number);
    }
    return number;
  }

  private static int count(String option, String text) {
    try {
      return Counts.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }

  private DeviceQuery query() {
    DeviceQuery.Builder query = DeviceQuery.builder();
    if (name != null) {
      boolean isGlob = name.contains("*") || name.contains("?");
      String text = name;
      set(NAME, () -> isGlob ? query.nameGlob(text) : query.name(text));
    }
    set(STATE, () -> query.states(states.toArray(String[]::new)));
    for (String attribute : attributes) {
      int equals = attribute.indexOf('=');
      if (equals < 1) {
        throw CommandFailure.usage(
            ATTRIBUTE + ": must be NAME=VALUE, but is " + Quoted.of(attribute));
      }
      query.attribute(attribute.substring(0, equals), attribute.substring(equals + 1));
    }
    if (limit != null) {
      int number = count(LIMIT, limit);
      set(LIMIT, () -> query.limit(number));
    }
    return query.build();
  }

  private static void set(String option, Callable<DeviceQuery.Builder> setter) {
    try {
      DeviceQuery.Builder unused = setter.call();
    } catch (IllegalArgumentException e) {
      // The message begins with the name of the parameter.
      throw CommandFailure.usage(
          option + ": " + String.valueOf(e.getMessage()).replaceFirst("^\\w+ ", ""));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
