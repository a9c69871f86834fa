package io.github.devicetunnel.cli;

import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The program {@code tunnel}. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  /** For somebody who has just typed the program's name. */
  private static final String FIRST_STEPS =
      "Try 'tunnel --help' for examples, or 'tunnel demo' for a tunnel on this machine";

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args, Environment.ofProcess(), System.out, System.err));
  }

  /** All of the program but the end of the process. Returns the exit code. */
  static int run(String[] args, Environment environment, PrintStream out, PrintStream err) {
    // It would print the values of options, and a key may be one.
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
    Terminal terminal = Terminal.of(environment, out, err);
    Console console = new Console(terminal, Redaction.of(args, environment));
    console.log(LogLevel.INFO, Format.TEXT);
    CommandLine commandLine = commandLine(environment, console);
    UsageErrors usageErrors = new UsageErrors(args);
    commandLine
        .setParameterExceptionHandler(
            (e, unused) -> {
              console.error(environment.config().located(usageErrors.describe(e)));
              console.hint(tryHelp(e.getCommandLine()));
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (e, failed, unused) -> report(e, failed, args.length == 0, environment, console));
    try {
      String[] given = Arguments.normalize(args);
      return commandLine.execute(
          environment.config().complete(given, commandLine, environment, console));
    } catch (CommandFailure e) {
      return report(e, commandLine, args.length == 0, environment, console);
    } catch (Error e) {
      // Picocli lets these pass.
      return reportBug(e, console);
    }
  }

  static CommandLine commandLine(Environment environment, Console console) {
    return new CommandLine(new TunnelCommand())
        .addSubcommand(opensTunnels(new ListenCommand(environment, console)))
        .addSubcommand(opensTunnels(new StdioCommand(environment, console)))
        // With no options behind the program's name but its own.
        .addSubcommand(
            opensTunnels(new ExecCommand(environment, console)).setStopAtPositional(true))
        .addSubcommand(opensTunnels(new CheckCommand(environment, console)))
        .addSubcommand(
            new CommandLine(new JwtCommand())
                .addSubcommand(new JwtCreateCommand(environment, console))
                .addSubcommand(new JwtInspectCommand(environment, console)))
        .addSubcommand(
            new CommandLine(new VerificationKeyCommand())
                .addSubcommand(new VerificationKeyUploadCommand(environment, console)))
        .addSubcommand(new DemoCommand(environment, console))
        .addSubcommand(new CompletionCommand(console))
        .addSubcommand(new ManPageCommand(console))
        .setOut(console.writer())
        .setColorScheme(console.colourScheme())
        .setUsageHelpLongOptionsMaxWidth(26)
        // As Go's flag package: one dash may begin a whole name, and the last of several counts.
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true)
        .setExpandAtFiles(false);
  }

  private static CommandLine opensTunnels(Object command) {
    return OptionSections.applyTo(new CommandLine(command));
  }

  private static int report(
      Exception e,
      CommandLine failed,
      boolean nothingGiven,
      Environment environment,
      Console console) {
    if (e instanceof CommandFailure failure) {
      console.error(environment.config().located(failure.getMessage()));
      if (failure.hint() != null) {
        console.hint(failure.hint());
      } else if (failure.exitCode() == ExitCode.USAGE) {
        console.hint(nothingGiven ? FIRST_STEPS : tryHelp(failed));
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
