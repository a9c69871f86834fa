package io.github.devicetunnel.cli.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Standard output or standard error as a sequence of lines. Thread-safe. */
public final class LineOutput implements OutputQueue.Sink {
  private static final Logger LOG = LoggerFactory.getLogger("tunnel");

  private final String name;
  private final OutputQueue queue;
  private final OutputStream stream;
  private final Charset charset;
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile @Nullable IOException failure;

  /**
   * Whether to warn if the stream is closed. No warning follows if, for example, a pager exits
   * before the end of the help.
   */
  private volatile boolean servesTunnels;

  private volatile @Nullable LongFunction<String> notice;

  /**
   * Creates an output that writes to a stream through a queue.
   *
   * @param name of the stream in messages
   */
  LineOutput(String name, OutputQueue queue, OutputStream stream, Charset charset) {
    this.name = name;
    this.queue = queue;
    this.stream = stream;
    this.charset = charset;
  }

  /** Writes a line about open tunnels. Never waits for a reader. */
  public void println(String line) {
    servesTunnels = true;
    print(line + System.lineSeparator());
  }

  /** Writes whole lines. Never waits for a reader. */
  public void print(String lines) {
    queue.add(this, lines.getBytes(charset));
  }

  /** Writes whole lines of a command's result. Waits for the reader without a time limit. */
  public void printResult(String lines) {
    print(lines);
    queue.flush();
  }

  /** Returns the last failure to write, or null. */
  public @Nullable IOException failure() {
    return failure;
  }

  /**
   * Sets the line that replaces dropped lines, as a function of their number. By default there is
   * none.
   */
  public void setNotice(LongFunction<String> notice) {
    this.notice = notice;
  }

  /** Returns a stream that passes on its bytes when it is flushed. Never waits for a reader. */
  public OutputStream stream() {
    return new Collected();
  }

  @Override
  public void write(byte[] bytes) {
    try {
      stream.write(bytes);
      stream.flush();
    } catch (IOException e) {
      failure = e;
      if (servesTunnels && warned.compareAndSet(false, true)) {
        LOG.warn("{} was closed; further output is discarded", name);
      }
    }
  }

  @Override
  public Optional<byte[]> notice(long count) {
    LongFunction<String> function = notice;
    return function == null
        ? Optional.empty()
        : Optional.of((function.apply(count) + System.lineSeparator()).getBytes(charset));
  }

  @Override
  public void warnOfDropped(long count) {
    LOG.warn("dropped {} lines because {} was not read; read it continuously", count, name);
  }

  private final class Collected extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
    }

    @Override
    public synchronized void write(byte[] some, int offset, int length) {
      bytes.write(some, offset, length);
    }

    @Override
    public synchronized void flush() {
      if (bytes.size() > 0) {
        queue.add(LineOutput.this, bytes.toByteArray());
        bytes.reset();
      }
    }
  }
}
