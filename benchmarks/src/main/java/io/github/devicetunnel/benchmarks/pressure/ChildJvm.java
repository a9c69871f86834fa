package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.benchmarks.machine.Leftovers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child JVM with the class path of this JVM. Its main class must use {@link ParentWatch}, so that
 * the child always ends with this JVM.
 */
final class ChildJvm implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final int MOST_LINES = 20_000;

  /**
   * Options that keep the JVM's own threads constant, so that they do not hide changes of the
   * product.
   */
  private static final List<String> STEADY_THREADS =
      List.of("-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads");

  private final Process process;
  private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();
  private final Runnable cleaner = this::end;
  private volatile @Nullable Process freezer;

  private ChildJvm(Process process) {
    this.process = process;
    Leftovers.register(cleaner);
    var unusedOut = Background.start("child-out", () -> drain(process.getInputStream(), output));
    var unusedErr = Background.start("child-err", () -> drain(process.getErrorStream(), errors));
  }

  /**
   * Starts a child JVM.
   *
   * @param prefix a command prefix that executes the rest of the command line; empty for none
   */
  static ChildJvm start(
      List<String> prefix,
      List<String> options,
      Class<?> main,
      List<String> args,
      Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(STEADY_THREADS);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start());
  }

  private static Void drain(InputStream in, Queue<String> lines) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (lines.size() < MOST_LINES) {
          lines.add(line);
        }
      }
    }
    return null;
  }

  /** Waits for a matching line on standard output. */
  Matcher awaitLine(Pattern pattern) throws IOException, InterruptedException {
    return awaitLine(pattern, START_LIMIT);
  }

  Matcher awaitLine(Pattern pattern, Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      String line = output.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException(
            "the child printed no line that matches " + pattern + "; errors: " + errors);
      }
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** Writes a line to standard input of the child. */
  void say(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Returns the lines of standard error that contain a text. */
  List<String> errorsWith(String text) {
    return errors.stream().filter(line -> line.contains(text)).toList();
  }

  /** Returns up to five distinct lines of standard error, without times and numbers. */
  List<String> complaints() {
    return errors.stream()
        .map(line -> line.replaceFirst("^[0-9:.]+ ", "").replaceAll("[0-9]+", "N"))
        .distinct()
        .limit(5)
        .toList();
  }

  int descriptors() {
    return entries("fd", descriptor -> true);
  }

  /**
   * Returns the number of threads, without those of the JIT compiler and the garbage collector,
   * whose number varies.
   */
  int threads() {
    return entries("task", thread -> !isOfTheJvm(thread));
  }

  private static boolean isOfTheJvm(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm"));
      return name.startsWith("C1 Compiler")
          || name.startsWith("C2 Compiler")
          || name.startsWith("G1 ")
          || name.startsWith("GC Thread");
    } catch (IOException e) {
      return false; // The thread has ended.
    }
  }

  private int entries(String folder, Predicate<Path> counts) {
    try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid()), folder))) {
      return (int) entries.filter(counts).count();
    } catch (IOException e) {
      return -1; // The process has ended.
    }
  }

  /** Returns the resident memory in MiB. */
  long residentMib() throws IOException {
    Path status = Path.of("/proc", Long.toString(pid()), "status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    return -1;
  }

  /**
   * Stops the process with SIGSTOP; its sockets stay open. A separate shell resumes the process
   * after the given time, even if this JVM ends before: otherwise the process would stay stopped
   * forever.
   */
  void freeze(Duration atMost) throws IOException, InterruptedException {
    String script = "kill -STOP \"$1\" && echo frozen && sleep \"$2\"; kill -CONT \"$1\"";
    Process started =
        new ProcessBuilder(
                "sh", "-c", script, "sh", Long.toString(pid()), Long.toString(atMost.toSeconds()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    freezer = started;
    if (started.getInputStream().read() < 0) {
      throw new IOException("cannot freeze process " + pid());
    }
  }

  /** Kills the process with SIGKILL, even if it is stopped. */
  void kill() {
    end();
    Leftovers.forget(cleaner);
  }

  private void end() {
    process.destroyForcibly();
    Process thawing = freezer;
    if (thawing != null) {
      // End the shell before the process ID can be reused.
      thawing.descendants().forEach(ProcessHandle::destroyForcibly);
      thawing.destroyForcibly();
    }
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
