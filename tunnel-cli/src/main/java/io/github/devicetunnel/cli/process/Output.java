package io.github.devicetunnel.cli.process;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and standard error of a run. Separate threads write the lines, so that a slow
 * reader, or a terminal stopped by Ctrl-S, blocks no other thread. Thread-safe. See {@code
 * docs/rationale/command-line.md}.
 */
public final class Output implements AutoCloseable {
  /** The maximum time to write the remaining lines at exit. */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  private final @Nullable Terminal terminal;
  private final LineOutput out;
  private final LineOutput err;
  private final OutputQueue outQueue;
  private final OutputQueue errQueue;

  /** Null until the first call of {@link #flushAtEnd}. Guarded by this. */
  private @Nullable Long deadline;

  private Output(
      @Nullable Terminal terminal,
      LineOutput out,
      LineOutput err,
      OutputQueue outQueue,
      OutputQueue errQueue) {
    this.terminal = terminal;
    this.out = out;
    this.err = err;
    this.outQueue = outQueue;
    this.errQueue = errQueue;
  }

  /** Returns the output of this process. */
  public static Output ofProcess(Environment environment) {
    return of(
        environment,
        new StandardOutput(FileDescriptor.out),
        new StandardOutput(FileDescriptor.err),
        charset(),
        isOneFile());
  }

  /**
   * Creates an output that writes to two streams.
   *
   * @param ordered whether lines of both streams are written in one order, so that each stream
   *     waits for the other; always the case on a terminal
   */
  public static Output of(
      Environment environment,
      OutputStream out,
      OutputStream err,
      Charset charset,
      boolean ordered) {
    Terminal terminal = Terminal.of(environment, out, err);
    OutputQueue outQueue = OutputQueue.started("standard-output");
    OutputQueue errQueue =
        ordered || terminal.isPresent() ? outQueue : OutputQueue.started("standard-error");
    return new Output(
        terminal,
        new LineOutput("standard output", outQueue, terminal.out(), charset),
        new LineOutput("standard error", errQueue, terminal.err(), charset),
        outQueue,
        errQueue);
  }

  /**
   * Returns the character set of the terminal. Since Java 18 it may differ from Java's default, and
   * since Java 19 {@code stdout.encoding} contains it.
   */
  public static Charset charset() {
    String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /**
   * Returns whether both streams are the same file. Returns true if that is unknown, because the
   * order of lines matters more than independent streams.
   */
  private static boolean isOneFile() {
    try {
      return Files.isSameFile(Path.of("/dev/fd/1"), Path.of("/dev/fd/2"));
    } catch (IOException e) {
      return true;
    }
  }

  /** Returns an output whose streams are both standard error, without terminal features. */
  public Output onStandardError() {
    return new Output(null, err, err, errQueue, errQueue);
  }

  public LineOutput out() {
    return out;
  }

  public LineOutput err() {
    return err;
  }

  /** Returns whether the output is a terminal. */
  public boolean isTerminal() {
    return terminal != null && terminal.isPresent();
  }

  /** Returns whether the output supports colours. */
  public boolean hasColours() {
    return terminal != null && terminal.hasColours();
  }

  /** Replaces the status line of a terminal, or removes it if {@code line} is empty. */
  public void show(String line) {
    if (terminal != null) {
      errQueue.whenIdle(() -> terminal.show(line));
    }
  }

  /**
   * Waits until all lines are written. All calls of this method together wait for at most a second.
   */
  public void flushAtEnd() {
    long end;
    synchronized (this) {
      if (deadline == null) {
        deadline = System.nanoTime() + LAST_LINES.toNanos();
      }
      end = deadline;
    }
    flush(Duration.ofNanos(end - System.nanoTime()));
  }

  /** Waits until all lines are written, but no longer than the given time. */
  public void flush(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    errQueue.flush(time);
    outQueue.flush(Duration.ofNanos(end - System.nanoTime()));
  }

  /** Ends the threads after the remaining lines are written. Does not wait for them. */
  @Override
  public void close() {
    outQueue.close();
    errQueue.close();
  }
}
