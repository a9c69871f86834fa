package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Opens a local listener and serves until it is told to stop. */
@Command(
    name = "listen",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Carries every connection to a local address through a tunnel of its own.",
      "",
      "Serves until it is told to stop (Ctrl-C), and then lets open connections finish for 5 s."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel [listen] [OPTION...]",
    optionListHeading = "%n",
    sortOptions = false,
    footer = {
      "",
      "A name in brackets is that of an environment variable for the same; arguments beat it.",
      "",
      "The flags of the old Go client are taken with one dash too: -listen-uri, -cloud-uri, "
          + "-api-key, -application-id, -ping-duration."
    })
final class ListenCommand implements Callable<Integer> {
  private static final Duration DRAIN_TIME = Duration.ofSeconds(5);

  private final Environment environment;
  private final Console console;

  @Option(
      names = ListenAddress.OPTION,
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8181",
      order = 1,
      description =
          "Where to listen; without a host on loopback, with port 0 on any free one. Default:"
              + " ${DEFAULT-VALUE}")
  private String listenUri = "";

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final OutputOptions output = new OutputOptions();

  ListenCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    InetSocketAddress address = ListenAddress.parse(ListenAddress.OPTION, listenUri);
    try (Reporting reporting = output.reporting(console);
        TunnelClient client = cloud.client(environment, console, reporting::observe)) {
      checkCredentials(client);
      environment.stopSignals().watch();
      reporting.start();
      TunnelListener listener = listen(client, address);
      reporting.listening(
          ListenAddress.text(listener.localAddress()), client.deviceId(), client.serviceAddress());
      reporting.ready();
      environment.stopSignals().await();
      reporting.stopping();
      console.status(
          "Stopping; open connections may finish for "
              + DRAIN_TIME.toSeconds()
              + " s, a second signal cuts them");
      DrainReport report = client.close(DRAIN_TIME);
      reporting.stopped(report);
      console.status(describe(report));
    }
    return ExitCode.OK;
  }

  /** With a token that opens nothing there is no sense in serving; a source may recover. */
  private static void checkCredentials(TunnelClient client) {
    try {
      client.checkCredentials();
    } catch (IOException e) {
      if (e instanceof TunnelException failure
          && failure.reason().kind() == CloseReason.Kind.TOKEN_REFUSED) {
        throw CommandFailure.refused(
            failure.reason().message(), "Get a new token, for this device and service");
      }
    }
  }

  private static TunnelListener listen(TunnelClient client, InetSocketAddress address) {
    try {
      return client.listen(address);
    } catch (IOException e) {
      throw ListenFailure.of(ListenAddress.text(address), ListenAddress.OPTION, e);
    }
  }

  private static String describe(DrainReport report) {
    int finished = report.finished();
    int cut = report.cut();
    if (finished + cut == 0) {
      return "Stopped; no connection was open";
    }
    String text = "Stopped; connections finished: " + finished + ", cut: " + cut;
    return report.bytesNotDelivered() == 0
        ? text
        : text + ", bytes that may not have reached the service: " + report.bytesNotDelivered();
  }
}
