package io.github.devicetunnel.cli.process;

import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.value.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that inherits the standard streams of this process and receives its signals while it
 * runs. Can be run once.
 */
public final class ChildProgram {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProgram.class);

  /**
   * Matches the error number and text of the operating system in messages of older and newer JDKs.
   */
  private static final Pattern ERROR =
      Pattern.compile("error(?:=|: )(?<number>\\d+)(?:, | \\()(?<words>[^)]*)");

  /**
   * ENOENT, and ERROR_PATH_NOT_FOUND on Windows. On other systems, starting a program does not fail
   * with error 3.
   */
  private static final Set<String> NO_SUCH_FILE = Set.of("2", "3");

  /** Contains the names of variables that the launcher sets for Java, separated by spaces. */
  private static final String SET_BY_LAUNCHER = "TUNNEL_LAUNCHER_SET";

  /**
   * Contains the user's {@code LC_ALL}, possibly empty. Set by the launcher if it replaces {@code
   * LC_ALL}.
   */
  private static final String USERS_LOCALE = "TUNNEL_LC_ALL";

  private static final Path TERMINAL = Path.of("/dev/tty");

  private final ProcessBuilder builder;

  /** The thread that runs the program, and waits before and afterwards. */
  private final Thread main = Thread.currentThread();

  /** Null before the start. Guarded by this. */
  private @Nullable Process process;

  /** The first signal that did not reach the program, or 0. Guarded by this. */
  private int stopSignal;

  /**
   * Prepares a program that the current thread will run.
   *
   * @param variables added to the environment of this process
   */
  public ChildProgram(List<String> command, Map<String, String> variables) {
    builder = new ProcessBuilder(command).inheritIO();
    Map<String, String> environment = builder.environment();
    environment.putAll(variables);
    SecretArguments.removeFrom(environment);
    removeLauncherSettings(environment);
  }

  /**
   * Removes the launcher's other settings, which apply to this process only and may be wrong for
   * the program.
   */
  private static void removeLauncherSettings(Map<String, String> environment) {
    environment.remove(Terminal.VARIABLE);
    String names = environment.remove(SET_BY_LAUNCHER);
    if (names != null) {
      environment.keySet().removeAll(List.of(names.split(" ", -1)));
    }
    String locale = environment.remove(USERS_LOCALE);
    if (locale != null && locale.isEmpty()) {
      environment.remove("LC_ALL");
    } else if (locale != null) {
      environment.put("LC_ALL", locale);
    }
  }

  /**
   * Handles signals from now on. While the program runs, it receives them. Before and afterwards,
   * the first INT, TERM or HUP interrupts the current thread, and the second one ends the process
   * immediately.
   *
   * <p>The terminal sends an interrupt to all programs in the foreground, so the program already
   * receives it. On Windows an interrupt comes only from the keyboard, and there is no SIGHUP.
   */
  public void handleSignals() {
    boolean keyboard = Platform.THIS == Platform.WINDOWS || hasTerminal();
    OsSignal.handle("INT", number -> pass(number, keyboard ? running -> {} : sender("INT")));
    OsSignal.handle("TERM", number -> pass(number, Process::destroy));
    OsSignal.handle("HUP", number -> pass(number, sender("HUP")));
  }

  /** Passes a signal to the program. If the program does not run, stops the main thread. */
  private void pass(int number, Consumer<Process> forwarding) {
    Process running = running();
    if (running == null) {
      stop(number);
    } else {
      forwarding.accept(running);
    }
  }

  /** Returns the program, or null if it has not started or has ended. */
  private synchronized @Nullable Process running() {
    return process != null && process.isAlive() ? process : null;
  }

  private synchronized void stop(int number) {
    if (stopSignal != 0) {
      Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
    }
    stopSignal = number;
    main.interrupt();
  }

  /** Returns whether a signal has arrived before the program started or after it ended. */
  public synchronized boolean isStopped() {
    return stopSignal != 0;
  }

  /**
   * Runs the program until it ends, and returns its exit code, or 128 plus the number of the signal
   * that ended it. Does not run the program if a signal has arrived before.
   *
   * @throws CommandFailure if the program cannot be executed
   */
  public int run() {
    // SIGQUIT is not passed, because Java uses it for thread dumps.
    for (String signal : List.of("USR1", "USR2")) {
      OsSignal.handle(signal, number -> Optional.ofNullable(running()).ifPresent(sender(signal)));
    }
    Process started;
    synchronized (this) {
      if (stopSignal != 0) {
        return ExitCode.SIGNAL + stopSignal;
      }
      try {
        started = builder.start();
      } catch (IOException e) {
        throw cannotRun(builder.command().get(0), e);
      }
      process = started;
    }
    return exitCode(started);
  }

  /** Waits for the end. A signal that arrives right after it leaves the interrupt status set. */
  private static int exitCode(Process process) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Returns whether this process has a terminal. The device file always exists, but opens only for
   * a process with a terminal.
   */
  private static boolean hasTerminal() {
    try (InputStream terminal = Files.newInputStream(TERMINAL)) {
      return terminal != null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns an action that sends a signal through {@code kill}, because Java can send only SIGTERM
   * and SIGKILL. Not available on Windows, which has no {@code sh}.
   */
  private static Consumer<Process> sender(String signal) {
    return program -> {
      String pid = Long.toString(program.pid());
      try {
        new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal, pid).start();
      } catch (IOException e) {
        LOG.debug("cannot forward SIG{}", signal, e);
        program.destroy();
      }
    };
  }

  static CommandFailure cannotRun(String program, IOException e) {
    String message = String.valueOf(e.getMessage());
    Matcher error = ERROR.matcher(message);
    boolean known = error.find();
    if (known && NO_SUCH_FILE.contains(error.group("number"))) {
      return CommandFailure.of(
          ExitCode.NO_PROGRAM,
          "cannot run " + Quoted.of(program) + ": program not found; check its name and PATH");
    }
    return CommandFailure.of(
        ExitCode.NOT_EXECUTABLE,
        "cannot run " + Quoted.of(program) + ": " + (known ? error.group("words") : message));
  }
}
