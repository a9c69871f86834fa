package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.console.Logging;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.listen.Listeners;
import io.github.devicetunnel.cli.option.CloudOptions;
import io.github.devicetunnel.cli.option.ListenOptions;
import io.github.devicetunnel.cli.option.OutputOptions;
import io.github.devicetunnel.cli.option.TimeoutOptions;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.option.WaitOption;
import io.github.devicetunnel.cli.process.ChildProgram;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.report.Reporting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code exec} command, which opens listeners and runs a program that uses them. */
@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Opens a listener, runs a program that uses it, and exits with the program's exit code.",
      "",
      "Replaces {host} and {port} in the program's arguments with the address of the listener, and "
          + "sets TUNNEL_HOST and TUNNEL_PORT in its environment:",
      "  tunnel exec --service 127.0.0.1:5432 -- psql -h {host} -p {port} -U postgres",
      "",
      "For a second listener (-L), use {host2}, {port2}, TUNNEL_HOST_2 and TUNNEL_PORT_2, and so "
          + "on. For a unix socket, use {socket} or TUNNEL_SOCKET."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel exec [OPTION...] -- PROGRAM [ARG...]",
    sortOptions = false)
final class ExecCommand implements Callable<Integer> {
  /**
   * The time to deliver bytes that are on their way when the program ends. See {@code
   * docs/rationale/command-line.md}.
   */
  private static final Duration DRAIN_TIME = Duration.ofSeconds(1);

  /** The maximum time to write the lines about listeners before the program writes its own. */
  private static final Duration LINES_BEFORE = Duration.ofSeconds(1);

  private final Environment environment;
  private final Config config;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final ListenOptions listen = new ListenOptions("127.0.0.1:0");

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final WaitOption wait = new WaitOption();

  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(arity = "0..*", hidden = true)
  private List<String> program = List.of();

  ExecCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    checkProgram();
    Console results = console.onStandardError();
    Duration limit = wait.time();
    Environment withoutInput = environment.withInputTakenBy("the program");
    try (Reporting reporting = output.reporting(results, LogLevel.WARN);
        Listeners listeners = listen.open(cloud, withoutInput, config, results, reporting)) {
      ListenerPlaces places = new ListenerPlaces(listeners.addresses());
      List<String> command = program.stream().map(places::in).toList();
      ChildProgram child = new ChildProgram(command, places.variables());
      child.handleSignals();
      awaitReachable(listeners, limit, child);
      console.output().flush(LINES_BEFORE);
      int exitCode = child.run();
      end(listeners);
      return exitCode;
    }
  }

  /** Waits until each listener's device can be reached, unless the limit is zero. */
  private static void awaitReachable(Listeners listeners, Duration limit, ChildProgram child) {
    if (!limit.isZero()) {
      try {
        listeners.awaitReachable(limit);
      } catch (IOException e) {
        if (!child.isStopped()) {
          throw CloudFailure.of(e);
        }
      }
    }
  }

  private void checkProgram() {
    String example = "example: tunnel exec [OPTION...] -- psql -p {port}";
    if (program.isEmpty()) {
      throw CommandFailure.usage("the program is missing; " + example);
    }
    List<String> args = spec.commandLine().getParseResult().originalArgs();
    int before = args.size() - program.size() - 1;
    if (before < 0 || !args.get(before).equals(Arguments.END_OF_OPTIONS)) {
      throw CommandFailure.usage("the program must follow --; " + example);
    }
  }

  /** Drains the listeners. A signal interrupts this thread, and thereby ends the draining. */
  private void end(Listeners listeners) {
    Logging.onlyErrors();
    boolean explicit = spec.commandLine().getParseResult().hasMatchedOption(TimeoutOptions.DRAIN);
    DrainReport report = listeners.drain(explicit ? cloud.drainTimeout() : DRAIN_TIME);
    boolean unused = Thread.interrupted(); // the last lines are still to be written
    if (report.bytesUnconfirmed() > 0) {
      console.warn(
          "up to " + report.bytesUnconfirmed() + " bytes may not have reached the service");
    }
  }
}
