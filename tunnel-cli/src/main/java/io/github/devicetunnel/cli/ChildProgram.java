package io.github.devicetunnel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program that has this process's standard streams and gets its signals. For one run. */
final class ChildProgram {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProgram.class);

  /** In messages of the JDK, older and newer; the number is that of the operating system. */
  private static final Pattern ERROR =
      Pattern.compile("error(?:=|: )(?<number>\\d+)(?:, | \\()(?<words>[^)]*)");

  /** The second is Windows's word for a folder that is missing; elsewhere it means nothing here. */
  private static final Set<String> NO_SUCH_FILE = Set.of("2", "3");

  /** Names of variables that the launcher has set for Java, separated by spaces. */
  private static final String SET_BY_LAUNCHER = "TUNNEL_LAUNCHER_SET";

  /** The user's {@code LC_ALL}, perhaps empty, set by the launcher when it has replaced it. */
  private static final String USERS_LOCALE = "TUNNEL_LC_ALL";

  private static final Path TERMINAL = Path.of("/dev/tty");

  private final ProcessBuilder builder;

  /** A signal may come before there is somebody to pass it to. */
  private final CompletableFuture<Process> running = new CompletableFuture<>();

  /**
   * Prepares it.
   *
   * @param variables in its environment, besides those of this process
   */
  ChildProgram(List<String> command, Map<String, String> variables) {
    builder = new ProcessBuilder(command).inheritIO();
    Map<String, String> environment = builder.environment();
    environment.putAll(variables);
    SecretArguments.removeFrom(environment);
    removeLaunchersOwn(environment);
  }

  /** What else the launcher has set is about this process, and may be wrong for another one. */
  private static void removeLaunchersOwn(Map<String, String> environment) {
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

  /** Runs it to its end, and returns its exit code, or 128 and the number of its last signal. */
  int run() throws InterruptedException {
    passSignals();
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw cannotRun(builder.command().get(0), e);
    }
    running.complete(process);
    return process.waitFor();
  }

  /**
   * What comes from the keyboard, all programs of the terminal get: it is the child's to obey. On
   * Windows an interrupt comes from nowhere else, and there is no hangup. Java keeps QUIT for
   * itself, to print its threads.
   */
  private void passSignals() {
    boolean keyboard = Platform.THIS == Platform.WINDOWS || hasTerminal();
    OsSignal.handle("INT", keyboard ? number -> {} : number -> send("INT", running.join()));
    OsSignal.handle("TERM", number -> running.join().destroy());
    for (String signal : List.of("HUP", "USR1", "USR2")) {
      OsSignal.handle(signal, number -> send(signal, running.join()));
    }
  }

  /** The file is there for every process, but opens only for those that have a terminal. */
  private static boolean hasTerminal() {
    try (InputStream terminal = Files.newInputStream(TERMINAL)) {
      return terminal != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Java itself can send no signal but TERM and KILL. Never called on Windows, which has no sh. */
  private static void send(String signal, Process process) {
    String pid = Long.toString(process.pid());
    try {
      new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal, pid).start();
    } catch (IOException e) {
      LOG.debug("SIG{} cannot be passed on", signal, e);
      process.destroy();
    }
  }

  static CommandFailure cannotRun(String program, IOException e) {
    String message = String.valueOf(e.getMessage());
    Matcher error = ERROR.matcher(message);
    boolean known = error.find();
    if (known && NO_SUCH_FILE.contains(error.group("number"))) {
      return CommandFailure.program(
          ExitCode.NO_PROGRAM, Quoted.of(program) + " cannot be run: there is no such program");
    }
    return CommandFailure.program(
        ExitCode.NOT_EXECUTABLE,
        Quoted.of(program) + " cannot be run: " + (known ? error.group("words") : message));
  }
}
