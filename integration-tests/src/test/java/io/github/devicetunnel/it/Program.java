package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that a test runs to its end. It sees nothing of this process's environment, what it
 * prints goes to files.
 */
final class Program implements AutoCloseable {
  /**
   * What became of it.
   *
   * @param out empty if it went to a file of the test's choice
   */
  record Outcome(String command, int exitCode, String out, String err) {}

  /** What is to be run. */
  static final class Builder {
    private final Path folder;
    private final List<String> command;
    private Redirect input = Redirect.from(Path.of("/dev/null").toFile());
    private Path output;
    private final Map<String, String> variables = new HashMap<>();

    private Builder(Path folder, List<String> command) {
      this.folder = folder;
      this.command = command;
    }

    Builder input(Path file) {
      input = Redirect.from(file.toFile());
      return this;
    }

    Builder output(Path file) {
      output = file;
      return this;
    }

    /** Something that it finds in its environment. */
    Builder variable(String name, String value) {
      variables.put(name, value);
      return this;
    }

    /** Runs it to its end. */
    Outcome run() throws IOException, InterruptedException {
      try (Program program = start()) {
        return program.await();
      }
    }

    /** Runs it to its end, which must be a success, and returns what it printed. */
    String succeed() throws IOException, InterruptedException {
      Outcome outcome = run();
      assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
      return outcome.out();
    }

    Program start() throws IOException {
      return new Program(this);
    }
  }

  private final String command;
  private final Path ownOutput;
  private final Path errors;
  private final TestProcess process;

  private Program(Builder builder) throws IOException {
    String name = Path.of(builder.command.get(0)).getFileName().toString();
    command = String.join(" ", builder.command);
    ownOutput = Files.createTempFile(builder.folder, name, ".out");
    errors = Files.createTempFile(builder.folder, name, ".err");
    Path output = builder.output == null ? ownOutput : builder.output;
    ProcessBuilder prepared = prepare(builder.folder, builder.command);
    prepared.environment().putAll(builder.variables);
    process =
        TestProcess.start(
            prepared
                .redirectInput(builder.input)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile()));
  }

  /** A program with its arguments, to be run in a folder, where its output is put, too. */
  static Builder in(Path folder, List<String> command) {
    return new Builder(folder, command);
  }

  /** As {@link #in(Path, List)}. */
  static Builder in(Path folder, String... command) {
    return in(folder, List.of(command));
  }

  /** What is the same for every program: nobody's settings, proxies or language. */
  static ProcessBuilder prepare(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    environment.clear();
    environment.putAll(Map.of("PATH", path, "HOME", folder.toString(), "LC_ALL", "C"));
    return builder;
  }

  /** As if somebody had pressed Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    in(errors.getParent(), "sh", "-c", "kill -INT " + pid).succeed();
  }

  /** Returns what it has printed so far, unless that went to a file of the test's choice. */
  String printed() throws IOException {
    return text(ownOutput);
  }

  /** Kills it, and none of the processes that it started, which are returned. */
  List<ProcessHandle> killAlone() throws InterruptedException {
    List<ProcessHandle> descendants = process.toHandle().descendants().toList();
    process.destroyForcibly().waitFor();
    return descendants;
  }

  /** Waits for its end. */
  Outcome await() throws IOException, InterruptedException {
    return new Outcome(command, process.awaitExit(), text(ownOutput), text(errors));
  }

  /** What is in a file, whatever it is. */
  static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /** Kills it with all that it started, unless it has ended. */
  @Override
  public void close() {
    process.end();
  }
}
