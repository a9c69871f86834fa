package io.github.devicetunnel.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lines that a daemon thread writes in their order, so that no other thread waits for a slow or
 * stopped reader. Holds {@value #CAPACITY} bytes at most. Once it is full it drops every line until
 * all lines that it holds are written; then it reports the number of dropped lines. Thread-safe.
 */
final class OutputQueue {
  /** Some 10,000 events. */
  static final int CAPACITY = 4 << 20;

  /** What a line costs besides its bytes. */
  private static final int LINE_COST = 64;

  private static final class Line {
    final LineOutput output;
    final byte[] bytes;

    Line(LineOutput output, byte[] bytes) {
      this.output = output;
      this.bytes = bytes;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition idle = lock.newCondition();

  // All guarded by lock.
  private final Deque<Line> lines = new ArrayDeque<>();
  private final Map<LineOutput, Long> dropped = new LinkedHashMap<>();
  private @Nullable Runnable whenIdle;
  private long size;
  private boolean writing;
  private boolean closed;

  private OutputQueue() {}

  /** Starts the thread. */
  static OutputQueue started(String threadName) {
    OutputQueue queue = new OutputQueue();
    Thread thread = new Thread(queue::run, threadName);
    thread.setDaemon(true);
    thread.start();
    return queue;
  }

  /** Adds whole lines, or drops them if the queue is full. Never waits for a reader. */
  void add(LineOutput output, byte[] bytes) {
    lock.lock();
    try {
      boolean full = !lines.isEmpty() && size + cost(bytes) > CAPACITY;
      if (closed) {
        return;
      }
      if (full || !dropped.isEmpty()) {
        dropped.merge(output, 1L, Long::sum);
      } else {
        append(output, bytes);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void append(LineOutput output, byte[] bytes) {
    lines.add(new Line(output, bytes));
    size += cost(bytes);
  }

  private static long cost(byte[] bytes) {
    return (long) bytes.length + LINE_COST;
  }

  /** Runs an action once all lines are written, instead of an earlier action that has not run. */
  void whenIdle(Runnable action) {
    lock.lock();
    try {
      whenIdle = action;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything is written, however long that takes. */
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

  /** Waits until everything is written, or until the time is over. */
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

  /** Ignores further lines, and ends the thread once the others are written. */
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
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  /** Waits for something to do. Null after the end. */
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
      return () -> line.output.write(line.bytes);
    }
    if (!dropped.isEmpty()) {
      Map<LineOutput, Long> counts = new LinkedHashMap<>(dropped);
      dropped.clear();
      // Before any later line.
      counts.forEach((output, count) -> output.notice(count).ifPresent(it -> append(output, it)));
      return () -> counts.forEach(LineOutput::warnOfDropped);
    }
    Runnable action = whenIdle;
    whenIdle = null;
    return action;
  }
}
