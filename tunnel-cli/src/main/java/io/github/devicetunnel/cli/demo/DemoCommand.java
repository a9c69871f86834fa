package io.github.devicetunnel.cli.demo;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Logging;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code demo} command, which shows a tunnel whose parts all run on this machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs a tunnel entirely on this machine.",
      "",
      "Starts a stand-in for the cloud, a small web service in place of the service on a gateway, "
          + "and a listener. Runs until it is stopped (Ctrl-C)."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel demo [--once]",
    optionListHeading = "%n",
    sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
  private static final List<DemoDevice> DEVICES =
      List.of(
          new DemoDevice("turbine-7", "017b7fddb124724840c1c7b800000000"),
          new DemoDevice("pump-3", "017b7fddb124724840c1c7b800000001"),
          new DemoDevice("gate-1", "017b7fddb124724840c1c7b800000002"));
  private static final String SERVICE = "127.0.0.1:80";

  /** A device of the demo. All devices have the same web service. */
  private record DemoDevice(String name, String id) {}

  private final Environment environment;
  private final Console console;

  @Option(
      names = "--once",
      order = 1,
      description = "Fetch the page through the tunnel, print it with measurements, and exit")
  private boolean once;

  public DemoCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.onlyWarnings();
    // A random key keeps other users of this machine out.
    String key = "ak_" + UUID.randomUUID().toString().replace("-", "");
    environment.stopSignals().watch();
    // The web service closes first, so that every tunnel ends in order.
    try (TunnelService cloud = TunnelService.builder().apiKey(key).build().start();
        TunnelClient client = client(cloud.uri(), key);
        TunnelListener listener =
            client.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DemoWebService web = DemoWebService.start()) {
      for (DemoDevice device : DEVICES) {
        cloud.device(device.id()).name(device.name()).route(SERVICE, web.address());
      }
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.localPort());
      if (once) {
        return new DemoFetch(client, address, console).run() ? ExitCode.OK : ExitCode.BUG;
      }
      introduce(web.address(), cloud.uri(), address);
      showHowToJoin(cloud.uri(), key);
      environment.stopSignals().await();
      return ExitCode.OK;
    } catch (IOException e) {
      throw CommandFailure.unexpected("the demo failed: " + e.getMessage());
    }
  }

  private void introduce(InetSocketAddress web, String cloud, InetSocketAddress listener) {
    String page = "http://" + ListenAddress.text(listener) + "/";
    console.print("All parts of this demo run on this machine:");
    part("http://" + ListenAddress.text(web), "web page, in place of the service on a gateway");
    part(cloud, "tunnelling service, in place of the cloud");
    part(ListenAddress.text(listener), "listener, as opened by 'tunnel listen'");
    console.print("");
    console.print("Open " + page + " in a browser. Press Ctrl-C to stop the demo.");
  }

  /**
   * Prints the settings for another client. Printing the key is safe, because it is valid only for
   * this demo, on this machine.
   */
  private void showHowToJoin(String cloud, String key) {
    console.print("");
    console.print("Each of these devices has the web page at service " + SERVICE + ":");
    DEVICES.forEach(device -> part(device.name(), device.id()));
    console.print("To connect another client, use a device, the service and:");
    console.print("  export TUNNEL_CLOUD_URI=" + cloud + " TUNNEL_API_KEY=" + key);
  }

  private void part(String name, String text) {
    console.print(String.format("  %-24s%s", name, text));
  }

  private static TunnelClient client(String cloudUri, String key) {
    return TunnelClient.builder()
        .cloudUri(cloudUri)
        .credentials(Credentials.apiKey(key))
        .deviceId(DEVICES.get(0).id())
        .serviceAddress(SERVICE)
        .drainTimeout(Duration.ofSeconds(1))
        .build();
  }
}
