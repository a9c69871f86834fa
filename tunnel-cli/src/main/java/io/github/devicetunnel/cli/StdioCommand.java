package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.CloudOptions;
import io.github.devicetunnel.cli.option.LogOptions;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.option.WaitOption;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.StandardInput;
import io.github.devicetunnel.cli.process.StandardOutput;
import java.io.FileDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The {@code stdio} command, which carries standard input and output through one tunnel. */
@Command(
    name = "stdio",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Connects standard input and output to one tunnel, and prints nothing else.",
      "",
      "For programs that accept a command in place of a connection:",
      "  ssh -o ProxyCommand='tunnel stdio --service 127.0.0.1:22' root@gateway",
      "",
      "After the end of the input, waits for the rest of the reply. --half-close-timeout limits "
          + "each pause."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel stdio [OPTION...]",
    sortOptions = false)
final class StdioCommand implements Callable<Integer> {
  private final Environment environment;
  private final Config config;
  private final Console console;

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final WaitOption wait = new WaitOption();

  @Mixin private final LogOptions log = new LogOptions();

  StdioCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
    this.console = console;
  }

  @Override
  public Integer call() {
    log.apply(console, LogLevel.WARN);
    Duration limit = wait.time();
    Environment withoutInput = environment.withInputTakenBy("the tunnel");
    try (TunnelClient client = cloud.client(withoutInput, config, console);
        TunnelStream stream = open(client, limit)) {
      // Close the tunnel when a signal ends the process, so that the service receives the end.
      Runtime.getRuntime().addShutdownHook(new Thread(stream::close, "tunnel-stdio-end"));
      StdioPump pump =
          new StdioPump(
              stream, new StandardInput(FileDescriptor.in), new StandardOutput(FileDescriptor.out));
      return exitCode(pump.run(), pump);
    }
  }

  private static TunnelStream open(TunnelClient client, Duration limit) {
    try {
      return limit.isZero() ? client.open() : client.openWhenAvailable(limit);
    } catch (IOException e) {
      throw CloudFailure.of(e);
    }
  }

  private int exitCode(CloseReason reason, StdioPump pump) {
    IOException outputFailure = pump.outputFailure();
    if (outputFailure != null) {
      console.error("standard output cannot be written: " + outputFailure.getMessage());
      return ExitCode.NOT_ORDERLY;
    }
    if (reason.kind() == CloseReason.Kind.HALF_CLOSE_TIMEOUT) {
      // The protocol cannot mark a reply as complete: docs/rationale/command-line.md.
      console.warn(reason.message());
      return ExitCode.NOT_ORDERLY;
    }
    if (!reason.isOrderly()) {
      console.error(reason.message());
      return ExitCode.NOT_ORDERLY;
    }
    if (reason.bytesDown() == 0 && !pump.inputEnded()) {
      // The end is orderly, but probably unexpected: the service sent nothing.
      console.warn(reason.message());
    }
    return ExitCode.OK;
  }
}
