package io.github.devicetunnel.cli;

import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a program that finds a listener ready for it. */
@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Opens a listener, runs a program that uses it, and ends with its exit code.",
      "",
      "In the program's arguments, {host} and {port} are replaced by those of the listener; "
          + "TUNNEL_HOST and TUNNEL_PORT in its environment are the same:",
      "  tunnel exec --service 127.0.0.1:5432 -- psql -h {host} -p {port} -U postgres"
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel exec [OPTION...] -- PROGRAM [ARG...]",
    sortOptions = false)
final class ExecCommand implements Callable<Integer> {
  /** The program's connections are closed with it; this is for what they had still on the way. */
  private static final Duration DRAIN_TIME = Duration.ofSeconds(1);

  private final Environment environment;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = ListenAddress.OPTION,
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      order = 1,
      description = "Where to listen. Default: ${DEFAULT-VALUE}, on any free port")
  private String listenUri = "";

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Parameters(arity = "0..*", hidden = true)
  private List<String> program = List.of();

  ExecCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.onlyWarnings();
    checkProgram();
    InetSocketAddress address = ListenAddress.parse(listenUri);
    Environment withoutInput = environment.withInputTakenBy("the program");
    try (TunnelClient client = cloud.client(withoutInput, console)) {
      ListenCommand.checkCredentials(client);
      TunnelListener listener = ListenCommand.listen(client, address);
      console.status(
          "Listening on "
              + ListenAddress.text(listener.localAddress())
              + " -> "
              + client.deviceId()
              + "/"
              + client.serviceAddress());
      int exitCode = run(listener);
      end(client);
      return exitCode;
    }
  }

  private void checkProgram() {
    String example = "as in tunnel exec [OPTION...] -- psql -p {port}";
    if (program.isEmpty()) {
      throw CommandFailure.usage("the program is missing, " + example);
    }
    List<String> args = spec.commandLine().getParseResult().originalArgs();
    int before = args.size() - program.size() - 1;
    if (before < 0 || !args.get(before).equals(Arguments.END_OF_OPTIONS)) {
      throw CommandFailure.usage("the program must stand behind --, " + example);
    }
  }

  private int run(TunnelListener listener) throws InterruptedException {
    InetSocketAddress address = ListenAddress.reachable(listener.localAddress());
    String host = address.getAddress().getHostAddress();
    String port = Integer.toString(address.getPort());
    List<String> command =
        program.stream()
            .map(argument -> argument.replace("{host}", host).replace("{port}", port))
            .toList();
    return new ChildProgram(command, Map.of("TUNNEL_HOST", host, "TUNNEL_PORT", port)).run();
  }

  private void end(TunnelClient client) {
    Logging.onlyErrors();
    DrainReport report = client.close(DRAIN_TIME);
    if (report.bytesNotDelivered() > 0) {
      console.warn("bytes that may not have reached the service: " + report.bytesNotDelivered());
    }
  }
}
