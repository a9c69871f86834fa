package io.github.devicetunnel.cli;

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

/** Standard output or standard error as a place for lines. Thread-safe. */
final class LineOutput {
  private static final Logger LOG = LoggerFactory.getLogger("tunnel");

  private final String name;
  private final OutputQueue queue;
  private final OutputStream stream;
  private final Charset charset;
  private final AtomicBoolean failed = new AtomicBoolean();

  /** Whether a closed stream is worth a warning: a pager may leave before the end of a help. */
  private volatile boolean servesTunnels;

  private volatile @Nullable LongFunction<String> notice;

  /**
   * Writes to a stream through a queue.
   *
   * @param name for messages
   */
  LineOutput(String name, OutputQueue queue, OutputStream stream, Charset charset) {
    this.name = name;
    this.queue = queue;
    this.stream = stream;
    this.charset = charset;
  }

  /** Writes a line about tunnels that are open. Never waits for a reader. */
  void println(String line) {
    servesTunnels = true;
    print(line + System.lineSeparator());
  }

  /** Writes whole lines. Never waits for a reader. */
  void print(String lines) {
    queue.add(this, lines.getBytes(charset));
  }

  /** Writes whole lines that a command ends with. Waits for the reader, however long that takes. */
  void printResult(String lines) {
    print(lines);
    queue.flush();
  }

  /**
   * Sets the line that takes the place of dropped lines, by their number. By default there is none.
   */
  void setNotice(LongFunction<String> notice) {
    this.notice = notice;
  }

  /** Returns a stream that passes on its bytes when it is flushed, and never waits for a reader. */
  OutputStream stream() {
    return new Collected();
  }

  /** For the queue's thread: waits for the reader. */
  void write(byte[] bytes) {
    try {
      stream.write(bytes);
      stream.flush();
    } catch (IOException e) {
      if (servesTunnels && failed.compareAndSet(false, true)) {
        LOG.warn("{} was closed: what goes there is lost", name);
      }
    }
  }

  /** For the queue. */
  Optional<byte[]> notice(long count) {
    LongFunction<String> function = notice;
    return function == null
        ? Optional.empty()
        : Optional.of((function.apply(count) + System.lineSeparator()).getBytes(charset));
  }

  /** For the queue. */
  void warnOfDropped(long count) {
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
