package io.github.devicetunnel.cli.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue of lines that a daemon thread writes in order, so that no other thread waits for a slow
 * or stopped reader. The queue holds up to {@value #CAPACITY} bytes, or a single longer line. A
 * full queue drops further lines until it is empty, and then reports their number. Thread-safe. See
 * {@code docs/rationale/command-line.md}.
 */
final class OutputQueue {
  /** The capacity in bytes, enough for about 10,000 events. */
  static final int CAPACITY = 4 << 20;

  /** The memory for a line in addition to its bytes. */
  private static final int LINE_COST = 64;

  /** The stream of a line. */
  interface Sink {
    /** Writes bytes and waits for the reader. Called only by the thread of the queue. */
    void write(byte[] bytes);

    /** Returns the line that replaces dropped lines. Called only by the queue. */
    Optional<byte[]> notice(long count);

    /** Logs a warning about dropped lines. Called only by the queue. */
    void warnOfDropped(long count);
  }

  private static final class Line {
    final Sink sink;
    final byte[] bytes;

    Line(Sink sink, byte[] bytes) {
      this.sink = sink;
      this.bytes = bytes;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition idle = lock.newCondition();

  // Guarded by lock.
  private final Deque<Line> lines = new ArrayDeque<>();
  private final Map<Sink, Long> dropped = new LinkedHashMap<>();
  private @Nullable Runnable whenIdle;
  private long size;
  private boolean writing;
  private boolean closed;

  private OutputQueue() {}

  /** Returns a new queue and starts its thread. */
  static OutputQueue started(String threadName) {
    OutputQueue queue = new OutputQueue();
    Daemons.thread(threadName, queue::run).start();
    return queue;
  }

  /** Adds whole lines, or drops them if the queue is full. Never waits for a reader. */
  void add(Sink sink, byte[] bytes) {
    lock.lock();
    try {
      boolean full = !lines.isEmpty() && size + cost(bytes) > CAPACITY;
      if (closed) {
        return;
      }
      if (full || !dropped.isEmpty()) {
        dropped.merge(sink, 1L, Long::sum);
      } else {
        append(sink, bytes);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void append(Sink sink, byte[] bytes) {
    lines.add(new Line(sink, bytes));
    size += cost(bytes);
  }

  private static long cost(byte[] bytes) {
    return (long) bytes.length + LINE_COST;
  }

  /**
   * Runs an action once after all lines are written. Replaces an earlier action that has not run.
   */
  void whenIdle(Runnable action) {
    lock.lock();
    try {
      whenIdle = action;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits without a time limit until all lines are written. */
  void flush() {
    lock.lock();
    try {
      while (!isIdle()) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all lines are written, but no longer than the given time. An interrupt ends the
   * wait and is preserved.
   */
  void flush(Duration time) {
    long left = time.toNanos();
    lock.lock();
    try {
      while (!isIdle() && left > 0) {
        left = idle.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isIdle() {
    return !writing && lines.isEmpty() && dropped.isEmpty() && whenIdle == null;
  }

  /** Ignores further lines, and ends the thread after the remaining lines are written. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean open = true;
    while (open) {
      try {
        Runnable next = next();
        if (next == null) {
          open = false;
        } else {
          next.run();
        }
      } catch (Throwable e) {
        // This line is lost. Without the thread, all lines would be, and flush() would never
        // return.
      }
    }
  }

  /** Waits for the next action. Returns null when the queue is closed and empty. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      writing = false;
      while (isIdle() && !closed) {
        idle.signalAll();
        changed.awaitUninterruptibly();
      }
      writing = !isIdle();
      if (!writing) {
        idle.signalAll();
      }
      return take();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable take() {
    Line line = lines.poll();
    if (line != null) {
      size -= cost(line.bytes);
      return () -> line.sink.write(line.bytes);
    }
    if (!dropped.isEmpty()) {
      Map<Sink, Long> counts = new LinkedHashMap<>(dropped);
      dropped.clear();
      // The notice precedes all later lines.
      counts.forEach((sink, count) -> sink.notice(count).ifPresent(it -> append(sink, it)));
      return () -> counts.forEach(Sink::warnOfDropped);
    }
    Runnable action = whenIdle;
    whenIdle = null;
    return action;
  }
}
