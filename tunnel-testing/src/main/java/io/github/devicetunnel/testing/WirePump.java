package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a proxied connection: reads from the source, applies the current wire faults and
 * writes to the target. One thread pumps the bytes; orders may come from any thread.
 */
final class WirePump {
  private static final int BUFFER = 64 << 10;

  /** The connection that a pump belongs to. */
  interface Connection {
    boolean isCut();

    /** Cuts both directions. Never blocks. */
    void cut(Cut how);
  }

  private final Connection connection;
  private final Socket source;
  private final Socket target;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile WireFaultPlan plan; // written under the lock

  // Accessed only by the pumping thread, except that other threads read the position.
  private volatile long position;
  private final DelayLine line = new DelayLine();
  private long nextSliceAt = System.nanoTime();

  WirePump(Connection connection, Socket source, Socket target, WireFaultPlan plan) {
    this.connection = connection;
    this.source = source;
    this.target = target;
    this.plan = plan;
  }

  /** Changes the plan. Never blocks. */
  void order(UnaryOperator<WireFaultPlan> change) {
    lock.lock();
    try {
      plan = change.apply(plan);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // The pumping thread may be blocked in a read; if it is writing, it checks this itself.
    cutIfDue();
  }

  /** Wakes the pumping thread from a delay or a stall. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Pumps bytes until the source ends or the connection is cut. */
  void run() {
    try {
      pump();
      if (!connection.isCut() && !plan.blackHole()) {
        target.shutdownOutput();
      }
    } catch (IOException e) {
      if (!connection.isCut() && !plan.blackHole()) {
        connection.cut(Cut.RST);
      }
    }
    if (connection.isCut()) {
      discard(source);
    }
  }

  private void pump() throws IOException {
    byte[] buffer = new byte[BUFFER];
    boolean sourceEnded = false;
    while (awaitPlan() != null) {
      if (line.isEmpty()) {
        if (sourceEnded) {
          return;
        }
        sourceEnded = !read(buffer);
      } else if (line.nanosUntilDue() <= 0) {
        byte[] bytes = line.take();
        forward(bytes, bytes.length);
      } else if (sourceEnded || line.isFull()) {
        await(line.nanosUntilDue());
      } else {
        sourceEnded = !read(buffer);
      }
    }
  }

  /**
   * Reads once, at most until the first delayed bytes are due. Returns false at the end of the
   * stream.
   */
  private boolean read(byte[] buffer) throws IOException {
    source.setSoTimeout(line.isEmpty() ? 0 : roundedUp(line.nanosUntilDue()));
    int count;
    try {
      count = source.getInputStream().read(buffer);
    } catch (SocketTimeoutException e) {
      return true;
    }
    long delay = TimeUnit.NANOSECONDS.convert(plan.delay());
    if (count > 0 && line.isEmpty() && delay == 0) {
      forward(buffer, count);
    } else if (count > 0) {
      line.add(Arrays.copyOf(buffer, count), System.nanoTime() + delay);
    } else if (delay > 0) {
      line.add(new byte[0], System.nanoTime() + delay); // The end of the stream is delayed as well.
    }
    return count >= 0;
  }

  private static int roundedUp(long nanos) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos)) + 1);
  }

  private void forward(byte[] bytes, int length) throws IOException {
    OutputStream out = target.getOutputStream();
    int done = 0;
    while (done < length) {
      WireFaultPlan now = awaitPlan();
      if (now == null) {
        return;
      }
      int count = now.slice(position, length - done);
      now.corrupt(bytes, done, count, position);
      if (count > 0 && !now.blackHole()) {
        out.write(bytes, done, count);
      }
      done += count;
      long passed = position + count;
      position = passed;
      cutIfDue();
      pace(now, count);
    }
  }

  private void cutIfDue() {
    Cut how = plan.cutAt(position);
    if (how != null) {
      connection.cut(how);
    }
  }

  /** Waits for the end of a stall. Returns the current plan, or null if the connection is cut. */
  private @Nullable WireFaultPlan awaitPlan() {
    lock.lock();
    try {
      while (plan.stalled() && !connection.isCut()) {
        changed.awaitUninterruptibly();
      }
      plan = plan.resolvedAt(position);
      return connection.isCut() ? null : plan;
    } finally {
      lock.unlock();
    }
  }

  private void pace(WireFaultPlan now, int count) throws IOException {
    if (now.bytesPerSecond() > 0) {
      long slice = TimeUnit.SECONDS.toNanos(count) / now.bytesPerSecond();
      nextSliceAt = Math.max(System.nanoTime(), nextSliceAt) + slice;
      await(nextSliceAt - System.nanoTime());
    }
  }

  /** Waits for a time, or until the plan changes. */
  private void await(long nanos) throws IOException {
    lock.lock();
    try {
      WireFaultPlan before = plan;
      long left = nanos;
      while (left > 0 && plan.equals(before) && !connection.isCut()) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nothing interrupts these threads; they end when their connection is cut.
      throw new InterruptedIOException();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads and discards until the end of the stream, because unread bytes would turn a clean close
   * into a reset.
   */
  static void discard(Socket source) {
    byte[] rest = new byte[8 << 10];
    try {
      source.setSoTimeout(0);
      while (source.getInputStream().read(rest) >= 0) {
        // discarded
      }
    } catch (IOException e) {
      // The stream ended with a reset.
    }
  }
}
