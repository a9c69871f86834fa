package io.github.devicetunnel.cli;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and standard error of a run. Threads of its own write them, so that a reader who
 * is slow, or a terminal that is stopped by Ctrl-S, holds up nothing else. Thread-safe.
 */
final class Output implements AutoCloseable {
  /** How long the last lines may take. */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  private final @Nullable Terminal terminal;
  private final LineOutput out;
  private final LineOutput err;
  private final OutputQueue outQueue;
  private final OutputQueue errQueue;

  /** Guarded by this. Null before the end has begun. */
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

  /** Returns those of this process. */
  static Output ofProcess(Environment environment) {
    return of(
        environment,
        new StandardOutput(FileDescriptor.out),
        new StandardOutput(FileDescriptor.err),
        charset(),
        isOneFile());
  }

  /**
   * Writes to two streams.
   *
   * @param ordered whether lines of both streams are written in one order, so that each stream
   *     waits for the other; always so on a terminal
   */
  static Output of(
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

  /** That of the terminal, which since Java 18 need not be Java's default; since 19 it is told. */
  static Charset charset() {
    String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  /** Where the system does not tell, the order of lines counts for more. */
  private static boolean isOneFile() {
    try {
      return Files.isSameFile(Path.of("/dev/fd/1"), Path.of("/dev/fd/2"));
    } catch (IOException e) {
      return true;
    }
  }

  /** Returns one whose both streams are standard error, and not a terminal. */
  Output onStandardError() {
    return new Output(null, err, err, errQueue, errQueue);
  }

  LineOutput out() {
    return out;
  }

  LineOutput err() {
    return err;
  }

  /** Returns whether a person looks at it. */
  boolean isTerminal() {
    return terminal != null && terminal.isPresent();
  }

  /** Returns whether words may have a colour. */
  boolean hasColours() {
    return terminal != null && terminal.hasColours();
  }

  /** Puts another line below all others of a terminal, or none if it is empty. */
  void show(String line) {
    if (terminal != null) {
      errQueue.whenIdle(() -> terminal.show(line));
    }
  }

  /** Waits until all lines are written, or for a second in all calls of this method together. */
  void flushAtEnd() {
    long end;
    synchronized (this) {
      if (deadline == null) {
        deadline = System.nanoTime() + LAST_LINES.toNanos();
      }
      end = deadline;
    }
    flush(Duration.ofNanos(end - System.nanoTime()));
  }

  /** Waits until all lines are written, or until the time is over. */
  void flush(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    errQueue.flush(time);
    outQueue.flush(Duration.ofNanos(end - System.nanoTime()));
  }

  /** Ends the threads once they have written what they have. Does not wait. */
  @Override
  public void close() {
    outQueue.close();
    errQueue.close();
  }
}
