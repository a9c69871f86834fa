package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code listen} command, which opens listeners and serves until a signal stops it. */
@Command(
    name = "listen",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Carries every connection to a local address through a tunnel of its own.",
      "",
      "Serves until it is told to stop (Ctrl-C), and then lets open connections finish."
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
  private static final String RELOAD_ON_HANGUP = "--reload-on-hangup";

  private final Environment environment;
  private final Console console;

  @Mixin private final ListenOptions listen = new ListenOptions("127.0.0.1:8181");

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Option(
      names = RELOAD_ON_HANGUP,
      order = 9,
      description =
          "Reload the file of --config on SIGHUP also in a terminal, whose end sends SIGHUP too."
              + " Default: reload without a terminal, stop with one")
  private boolean reloadOnHangup;

  @Mixin private final OutputOptions output = new OutputOptions();

  ListenCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean configured = environment.config().isThere();
    if (reloadOnHangup && !configured) {
      throw CommandFailure.usage(RELOAD_ON_HANGUP + ": cannot be used without " + Config.OPTION);
    }
    environment
        .stopSignals()
        .watch(configured && (reloadOnHangup || !ControllingTerminal.isPresent()));
    try (Reporting reporting = output.reporting(console, LogLevel.INFO);
        Listeners listeners = listen.open(cloud, environment, console, reporting)) {
      Duration drain = cloud.drainTimeout();
      while (environment.stopSignals().awaitReload()) {
        listen.reload(listeners, cloud, environment.config(), console);
      }
      reporting.stopping();
      console.status(
          "Stopping; open connections may finish for "
              + Times.text(drain)
              + ", a second signal cuts them");
      if (configured && environment.stopSignals().isHangup()) {
        console.status(
            "SIGHUP stops a program in a terminal; "
                + RELOAD_ON_HANGUP
                + " reloads the configuration instead");
      }
      DrainReport report = listeners.drain(drain);
      reporting.stopped(report);
      console.status(describe(report));
    }
    return ExitCode.OK;
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
