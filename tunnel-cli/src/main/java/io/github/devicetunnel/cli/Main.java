package io.github.devicetunnel.cli;

import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Format;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.console.Logging;
import io.github.devicetunnel.cli.console.Redaction;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import io.github.devicetunnel.cli.process.SecretArguments;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The main class of the program {@code tunnel}. */
public final class Main {
  /** The hint for a call without arguments. */
  private static final String FIRST_STEPS =
      "Try 'tunnel --help' for examples, or 'tunnel demo' for a tunnel on this machine";

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    Logging.nameProvider();
    // By default Java caches a failed name resolution for 10 s, which would delay a reconnect.
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    Environment environment = Environment.ofProcess();
    Output output = Output.ofProcess(environment);
    // The JVM prints uncaught exceptions on threads that carry bytes, which must not wait for a
    // reader.
    System.setErr(new PrintStream(output.err().stream(), true, Output.charset()));
    // Write the remaining lines also if a signal ends the process.
    Runtime.getRuntime().addShutdownHook(new Thread(output::flushAtEnd, "last-lines"));
    System.exit(run(args, environment, output));
  }

  /**
   * Runs the program without ending the process. Waits up to a second until its output is written.
   *
   * @return the exit code
   */
  static int run(String[] shown, Environment environment, Output output) {
    try {
      return execute(shown, environment, output);
    } finally {
      output.flushAtEnd();
    }
  }

  private static int execute(String[] shown, Environment environment, Output output) {
    String[] args = SecretArguments.restore(shown, environment.variables());
    // The tracer prints the values of options, which may include a key.
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
    Console console = new Console(output, Redaction.of(args, environment));
    console.log(LogLevel.INFO, Format.TEXT);
    String[] given = Arguments.normalize(args);
    Config config = new Config(environment, console);
    Commands commands =
        new Commands(environment, config, console, command -> runQuietly(command, environment));
    CommandLine commandLine = commands.programFor(given);
    UsageErrors usageErrors = new UsageErrors(args, commands.names());
    commandLine
        .setParameterExceptionHandler(
            (e, unused) -> {
              console.error(config.located(usageErrors.describe(e)));
              console.hint(tryHelp(e.getCommandLine()));
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (e, failed, unused) -> report(e, failed, args.length == 0, config, console));
    try {
      return commandLine.execute(config.complete(given, commandLine, commands::fileOptions));
    } catch (CommandFailure e) {
      return report(e, commandLine, args.length == 0, config, console);
    } catch (Error e) {
      // Picocli passes exceptions to the handler above, but not errors.
      return reportBug(e, console);
    }
  }

  /** Runs the program for another command, without input and output. */
  private static void runQuietly(List<String> args, Environment environment) {
    Environment noInput = environment.withInputTakenBy("the shell");
    try (Output nothing =
        Output.of(
            noInput,
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            StandardCharsets.UTF_8,
            false)) {
      int unused = run(args.toArray(String[]::new), noInput, nothing);
    }
  }

  private static int report(
      Exception e, CommandLine failed, boolean noArguments, Config config, Console console) {
    if (e instanceof CommandFailure failure) {
      if (failure.getMessage().isEmpty()) {
        return failure.exitCode();
      }
      console.error(config.located(failure.getMessage()));
      if (failure.hint() != null) {
        console.hint(failure.hint());
      } else if (failure.exitCode() == ExitCode.USAGE) {
        console.hint(noArguments ? FIRST_STEPS : tryHelp(failed));
      }
      return failure.exitCode();
    }
    return reportBug(e, console);
  }

  private static int reportBug(Throwable e, Console console) {
    LoggerFactory.getLogger(Main.class).debug("unexpected failure", e);
    console.error("unexpected failure; please report it: " + e);
    return ExitCode.BUG;
  }

  private static String tryHelp(CommandLine commandLine) {
    return "Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'";
  }
}
