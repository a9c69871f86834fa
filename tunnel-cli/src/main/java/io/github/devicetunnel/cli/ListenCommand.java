package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.Listeners;
import io.github.devicetunnel.cli.option.CloudOptions;
import io.github.devicetunnel.cli.option.ListenOptions;
import io.github.devicetunnel.cli.option.OutputOptions;
import io.github.devicetunnel.cli.option.Reload;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.process.ControllingTerminal;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.StopSignals;
import io.github.devicetunnel.cli.process.StoppedException;
import io.github.devicetunnel.cli.report.Reporting;
import io.github.devicetunnel.cli.value.OptionNames;
import io.github.devicetunnel.cli.value.Times;
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
      "Forwards each local connection through its own tunnel.",
      "",
      "Runs until it is stopped (Ctrl-C), and then drains open connections."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel [listen] [OPTION...]",
    optionListHeading = "%n",
    sortOptions = false,
    footer = {
      "",
      "Arguments take precedence over environment variables [env: NAME], and environment "
          + "variables over the --config file.",
      "",
      "The flags of the old Go client also work with a single dash: -listen-uri, -cloud-uri, "
          + "-api-key, -application-id, -ping-duration."
    })
final class ListenCommand implements Callable<Integer> {
  private static final String RELOAD_ON_HANGUP = "--reload-on-hangup";

  private final Environment environment;
  private final Config config;
  private final Console console;

  @Mixin private final ListenOptions listen = new ListenOptions("127.0.0.1:8181");

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Option(
      names = RELOAD_ON_HANGUP,
      order = 9,
      description =
          "Reload the --config file on SIGHUP even with a controlling terminal, where SIGHUP"
              + " otherwise stops the program")
  private boolean reloadOnHangup;

  @Mixin private final OutputOptions output = new OutputOptions();

  ListenCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean configured = config.isPresent();
    if (reloadOnHangup && !configured) {
      throw CommandFailure.usage(
          RELOAD_ON_HANGUP + ": cannot be used without " + OptionNames.CONFIG);
    }
    Reporting reporting = output.reporting(console, LogLevel.INFO);
    StopSignals signals = environment.stopSignals();
    signals.watch(configured && (reloadOnHangup || !ControllingTerminal.isPresent()));
    try (reporting;
        Listeners listeners = listen.open(cloud, environment, config, console, reporting)) {
      Duration drain = cloud.drainTimeout();
      Reload reload = new Reload(listen, cloud, environment, config, console);
      while (signals.awaitReload()) {
        reload.run(listeners);
      }
      reporting.stopping();
      console.status(
          "Stopping; draining open connections for up to "
              + Times.text(drain)
              + " (send a second signal to abort them)");
      if (configured && signals.isHangup()) {
        console.status(
            "SIGHUP stops the program in a terminal; to reload the configuration instead, use "
                + RELOAD_ON_HANGUP);
      }
      DrainReport report = listeners.drain(drain);
      reporting.stopped(report);
      console.status(describe(report));
    } catch (StoppedException e) {
      console.status("Stopped before all listeners were open");
    }
    return ExitCode.OK;
  }

  private static String describe(DrainReport report) {
    int drained = report.drained();
    int aborted = report.aborted();
    if (drained + aborted == 0) {
      return "Stopped; no connections were open";
    }
    String text = "Stopped; connections drained: " + drained + ", aborted: " + aborted;
    return report.bytesUnconfirmed() == 0
        ? text
        : text + "; up to " + report.bytesUnconfirmed() + " bytes may not have reached the service";
  }
}
