package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.internal.concurrent.Deadline;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a stream. Passes bytes from the tunnel to the caller.
 *
 * <p>One thread at a time takes bytes from the tunnel. Normally this is the caller's thread, which
 * avoids a thread switch. If no thread has read for some time, or after a read timeout, a stand-in
 * thread takes over. It answers pings, and detects the end of the tunnel for applications that only
 * write. It takes one buffer, whose bytes the next read returns. The lock is never held during I/O.
 * See docs/rationale/streams-and-listeners.md.
 */
final class StreamReader {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Time for a close handshake, doubled for busy machines. */
  private static final Duration MAX_TAKE = Tunnel.CLOSE_TIMEOUT.multipliedBy(2);

  private enum Taker {
    NONE,
    CALLER,
    STAND_IN
  }

  private final Tunnel tunnel;
  private final Consumer<Runnable> standIns;
  private final Runnable onEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private Taker taker = Taker.NONE;
  private ByteBuffer payload = NOTHING;
  private boolean ended;
  private boolean discards;
  private boolean wasCalled;

  /**
   * Creates a reader for a tunnel that is not open yet.
   *
   * @param standIns starts a thread
   * @param onEnd called once, when no more bytes follow; must not block
   */
  StreamReader(Tunnel tunnel, Consumer<Runnable> standIns, Runnable onEnd) {
    this.tunnel = tunnel;
    this.standIns = standIns;
    this.onEnd = onEnd;
  }

  /** Marks the tunnel as taken during the dial, so that {@link #close} waits for the dial. */
  void beginDial() {
    lock.lock();
    try {
      taker = Taker.CALLER;
    } finally {
      lock.unlock();
    }
  }

  /** Releases the tunnel after the dial, whether or not it succeeded. */
  void endDial() {
    lock.lock();
    try {
      taker = Taker.NONE;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads at least one byte, and waits for it if necessary. Returns 0 if the buffer has no room.
   *
   * @param timeout zero for no timeout
   * @return the number of bytes, or -1 if the service closed the connection or after {@link
   *     #discard}
   * @throws SocketTimeoutException if the timeout passes first; no bytes are lost
   * @throws InterruptedIOException if the thread is interrupted while another thread is reading; no
   *     bytes are lost
   * @throws TunnelException if the tunnel ended in any other way
   */
  int read(ByteBuffer target, Duration timeout) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    Deadline deadline = Deadline.in(timeout);
    lock.lock();
    try {
      wasCalled = true;
      while (!payload.hasRemaining() && !ended && !discards && !wasClosedHere()) {
        if (taker == Taker.NONE) {
          takeAsCaller(deadline);
        } else {
          awaitChange(deadline);
        }
      }
      if (wasClosedHere()) {
        throw new TunnelException(tunnel.requireReason());
      }
      if (discards) {
        payload = NOTHING;
        startStandIn();
        return -1;
      }
      return payload.hasRemaining() ? move(target) : end(tunnel.requireReason());
    } finally {
      lock.unlock();
    }
  }

  private boolean wasClosedHere() {
    CloseReason reason = tunnel.reason();
    return reason != null && reason.endedBy() == EndedBy.LOCAL;
  }

  private int move(ByteBuffer target) {
    int count = Math.min(target.remaining(), payload.remaining());
    target.put(target.position(), payload, payload.position(), count);
    target.position(target.position() + count);
    payload.position(payload.position() + count);
    return count;
  }

  private static int end(CloseReason reason) throws TunnelException {
    if (reason.kind() == Kind.REMOTE_CLOSED && reason.isOrderly()) {
      return -1;
    }
    throw new TunnelException(reason);
  }

  /** Returns the number of bytes that can be read without waiting. More may be available. */
  int available() {
    lock.lock();
    try {
      return payload.remaining();
    } finally {
      lock.unlock();
    }
  }

  /** Discards all present and future bytes. Does not block. */
  void discard() {
    lock.lock();
    try {
      discards = true;
      payload = NOTHING;
      changed.signalAll();
      startStandIn();
    } finally {
      lock.unlock();
    }
  }

  /** Starts a stand-in if no thread has read since the last call. Called periodically. */
  void ensureReader() {
    lock.lock();
    try {
      if (!wasCalled) {
        startStandIn();
      }
      wasCalled = false;
    } finally {
      lock.unlock();
    }
  }

  private void startStandIn() {
    if (taker == Taker.NONE && !payload.hasRemaining() && !ended) {
      taker = Taker.STAND_IN;
      boolean started = false;
      try {
        standIns.accept(this::standIn);
        started = true;
      } catch (OutOfMemoryError e) {
        // No thread can be started. The next periodic call tries again.
      } finally {
        if (!started) {
          taker = Taker.NONE;
        }
      }
    }
  }

  private void standIn() {
    lock.lock();
    try {
      do {
        taker = Taker.STAND_IN;
        payload = NOTHING;
        take(Deadline.NONE);
      } while (discards && !ended);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("timed out without a deadline", e);
    } catch (RuntimeException | Error e) {
      // The failure has ended the tunnel, so the next read reports it.
    } finally {
      lock.unlock();
    }
  }

  private void takeAsCaller(Deadline deadline) throws SocketTimeoutException {
    taker = Taker.CALLER;
    try {
      take(deadline);
    } catch (SocketTimeoutException e) {
      startStandIn();
      throw timedOut(deadline);
    }
  }

  /** Takes one buffer from the tunnel, or detects its end. Releases the lock meanwhile. */
  private void take(Deadline deadline) throws SocketTimeoutException {
    lock.unlock();
    @Nullable ByteBuffer taken = null;
    try {
      taken = tunnel.next(deadline);
    } catch (SocketTimeoutException e) {
      taken = NOTHING;
      throw e;
    } finally {
      lock.lock();
      taker = Taker.NONE;
      changed.signalAll();
      if (taken != null) {
        payload = taken;
      } else if (!ended) {
        ended = true;
        onEnd.run();
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitChange(Deadline deadline) throws IOException {
    try {
      if (!deadline.isSet()) {
        changed.await();
      } else if (changed.awaitNanos(deadline.nanosLeft()) <= 0) {
        throw timedOut(deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading; the tunnel remains open");
    }
  }

  private static SocketTimeoutException timedOut(Deadline deadline) {
    return new SocketTimeoutException(
        "no data within the read timeout of " + Durations.seconds(deadline.timeout()));
  }

  /** Wakes waiting threads, which then check the state of the tunnel again. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends all reads after the end of the tunnel. Waits for the thread that takes from the tunnel, at
   * most for {@code MAX_TAKE}. The end of the connection releases that thread, unless a callback of
   * an event listener keeps it longer.
   */
  void close() {
    lock.lock();
    try {
      if (taker == Taker.CALLER && !tunnel.metrics().isSending()) {
        // Only an abort releases the reader at once. With unconfirmed bytes, wait for the answer to
        // the close frame instead, which confirms them.
        tunnel.abort();
      }
      awaitTaker();
      ended = true;
      payload = NOTHING; // the rest of the handshake reuses its buffer
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitTaker() {
    long deadline = System.nanoTime() + MAX_TAKE.toNanos();
    boolean interrupted = false;
    long left;
    while (taker != Taker.NONE && (left = deadline - System.nanoTime()) > 0) {
      try {
        long unused = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
