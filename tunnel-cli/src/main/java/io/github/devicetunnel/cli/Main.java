package io.github.devicetunnel.cli;

import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The program {@code tunnel}. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args, Environment.ofProcess(), System.out, System.err));
  }

  /** All of the program but the end of the process. Returns the exit code. */
  static int run(String[] args, Environment environment, PrintStream out, PrintStream err) {
    Logging.to(err);
    // It would print the values of options, and a key may be one.
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
    Console console = new Console(out, err, Redaction.of(args, environment));
    CommandLine commandLine = commandLine(environment, console);
    UsageErrors usageErrors = new UsageErrors(args);
    commandLine
        .setParameterExceptionHandler(
            (e, unused) -> {
              console.error(usageErrors.describe(e));
              console.hint(tryHelp(e.getCommandLine()));
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler((e, failed, unused) -> report(e, failed, console));
    try {
      return commandLine.execute(Arguments.normalize(args));
    } catch (Error e) {
      // Picocli lets these pass.
      return reportBug(e, console);
    }
  }

  static CommandLine commandLine(Environment environment, Console console) {
    return new CommandLine(new TunnelCommand())
        .addSubcommand(new ListenCommand(environment, console))
        .addSubcommand(
            new CommandLine(new JwtCommand())
                .addSubcommand(new JwtCreateCommand(environment, console))
                .addSubcommand(new JwtInspectCommand(environment, console)))
        .addSubcommand(
            new CommandLine(new VerificationKeyCommand())
                .addSubcommand(new VerificationKeyUploadCommand(environment, console)))
        .addSubcommand(new DemoCommand(environment, console))
        .setOut(console.writer())
        .setUsageHelpLongOptionsMaxWidth(26)
        // As Go's flag package: one dash may begin a whole name, and the last of several counts.
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true)
        .setExpandAtFiles(false);
  }

  private static int report(Exception e, CommandLine failed, Console console) {
    if (e instanceof CommandFailure failure) {
      console.error(failure.getMessage());
      if (failure.hint() != null) {
        console.hint(failure.hint());
      } else if (failure.exitCode() == ExitCode.USAGE) {
        console.hint(tryHelp(failed));
      }
      return failure.exitCode();
    }
    return reportBug(e, console);
  }

  private static int reportBug(Throwable e, Console console) {
    LOG.debug("unexpected failure", e);
    console.error("unexpected failure, please report it: " + e);
    return ExitCode.BUG;
  }

  private static String tryHelp(CommandLine commandLine) {
    return "Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'";
  }
}
