package io.github.devicetunnel.it.support;

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
 * A program that a test runs until it exits. It does not inherit the environment of this process,
 * and its output goes to files.
 */
public final class ProgramRun implements AutoCloseable {
  /**
   * The result of a run.
   *
   * @param out standard output; empty if the test redirected it to a file
   */
  public record Outcome(String command, int exitCode, String out, String err) {}

  /** Builds the command and its environment. */
  public static final class Builder {
    private final Path folder;
    private final List<String> command;
    private Redirect input = Redirect.from(Path.of("/dev/null").toFile());
    private Path output;
    private final Map<String, String> variables = new HashMap<>();

    private Builder(Path folder, List<String> command) {
      this.folder = folder;
      this.command = command;
    }

    public Builder input(Path file) {
      input = Redirect.from(file.toFile());
      return this;
    }

    public Builder output(Path file) {
      output = file;
      return this;
    }

    /** Sets an environment variable. */
    public Builder variable(String name, String value) {
      variables.put(name, value);
      return this;
    }

    /** Runs the program until it exits. */
    public Outcome run() throws IOException, InterruptedException {
      try (ProgramRun program = start()) {
        return program.await();
      }
    }

    /** Runs the program, requires exit code 0 and returns its standard output. */
    public String succeed() throws IOException, InterruptedException {
      Outcome outcome = run();
      assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
      return outcome.out();
    }

    public ProgramRun start() throws IOException {
      return new ProgramRun(this);
    }
  }

  private final String command;
  private final Path outputFile;
  private final Path errors;
  private final TestProcess process;

  private ProgramRun(Builder builder) throws IOException {
    String name = Path.of(builder.command.get(0)).getFileName().toString();
    command = String.join(" ", builder.command);
    outputFile = Files.createTempFile(builder.folder, name, ".out");
    errors = Files.createTempFile(builder.folder, name, ".err");
    Path output = builder.output == null ? outputFile : builder.output;
    ProcessBuilder prepared = prepare(builder.folder, builder.command);
    prepared.environment().putAll(builder.variables);
    process =
        TestProcess.start(
            prepared
                .redirectInput(builder.input)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile()));
  }

  /** Prepares a program that runs in a folder, which also receives the files with its output. */
  public static Builder in(Path folder, List<String> command) {
    return new Builder(folder, command);
  }

  /** Same as {@link #in(Path, List)}. */
  public static Builder in(Path folder, String... command) {
    return in(folder, List.of(command));
  }

  /** Prepares a process without the settings, proxies and language of this environment. */
  public static ProcessBuilder prepare(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
    environment.clear();
    environment.putAll(Map.of("PATH", path, "HOME", folder.toString(), "LC_ALL", "C"));
    return builder;
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGINT, as Ctrl-C does. */
  public void interrupt() throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    in(errors.getParent(), "sh", "-c", "kill -INT " + pid).succeed();
  }

  /** Returns the standard output so far, unless the test redirected it to a file. */
  public String printed() throws IOException {
    return text(outputFile);
  }

  /** Kills the program, but not the processes that it started, and returns those processes. */
  public List<ProcessHandle> killAlone() throws InterruptedException {
    List<ProcessHandle> descendants = process.toHandle().descendants().toList();
    process.destroyForcibly().waitFor();
    return descendants;
  }

  /** Waits until the program exits. */
  public Outcome await() throws IOException, InterruptedException {
    return new Outcome(command, process.awaitExit(), text(outputFile), text(errors));
  }

  /** Reads a file of any encoding; each character is one byte. */
  public static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /** Kills the program and all processes that it started, unless it has exited. */
  @Override
  public void close() {
    process.end();
  }
}
