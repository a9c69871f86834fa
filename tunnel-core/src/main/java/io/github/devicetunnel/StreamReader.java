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
 * The receiving half of a stream: hands what comes through the tunnel to whoever reads.
 *
 * <p>One thread at a time takes from the tunnel. As a rule it is the caller's own, so that a byte
 * passes through no other. When nobody has been reading for a while, or a read ran into its
 * timeout, a stand-in waits in its place: pings want their answer, and the end of the tunnel is to
 * be noticed also by those who only write. It takes no more than one piece, which is then read
 * first. The lock is never held over I/O.
 */
final class StreamReader {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** After the end of the tunnel: a close handshake, and as long again on a busy machine. */
  private static final Duration LONGEST_TAKE = Tunnel.CLOSE_TIMEOUT.multipliedBy(2);

  private enum Taker {
    NOBODY,
    CALLER,
    STAND_IN
  }

  private final Tunnel tunnel;
  private final Consumer<Runnable> standIns;
  private final Runnable onEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private Taker taker = Taker.NOBODY;
  private ByteBuffer payload = NOTHING;
  private boolean ended;
  private boolean discards;
  private boolean wasCalled;

  /**
   * A reader of a tunnel that is not open yet.
   *
   * @param standIns starts a thread
   * @param onEnd called once when there is nothing more to come; must not wait
   */
  StreamReader(Tunnel tunnel, Consumer<Runnable> standIns, Runnable onEnd) {
    this.tunnel = tunnel;
    this.standIns = standIns;
    this.onEnd = onEnd;
  }

  /** Keeps {@link #retire} waiting while the tunnel is dialled, which takes the tunnel, too. */
  void beginDial() {
    lock.lock();
    try {
      taker = Taker.CALLER;
    } finally {
      lock.unlock();
    }
  }

  /** However the dial ended. */
  void endDial() {
    lock.lock();
    try {
      taker = Taker.NOBODY;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads at least one byte, waiting for it, unless there is no room for one.
   *
   * @param timeout zero for none
   * @return how many, or -1 when the service closed in order, or after {@link #discard}
   * @throws SocketTimeoutException when nothing came in time; nothing is lost by it
   * @throws InterruptedIOException when the thread was interrupted while another one was taking;
   *     nothing is lost by it
   * @throws TunnelException when the tunnel ended otherwise
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
        if (taker == Taker.NOBODY) {
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

  /** Bytes that can be read without waiting. There may be more. */
  int available() {
    lock.lock();
    try {
      return payload.remaining();
    } finally {
      lock.unlock();
    }
  }

  /** Throws away what is there and what will come. Never waits. */
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

  /** To be called now and then: lets a stand-in take over from a caller who does not come. */
  void look() {
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
    if (taker == Taker.NOBODY && !payload.hasRemaining() && !ended) {
      taker = Taker.STAND_IN;
      try {
        standIns.accept(this::standIn);
      } catch (OutOfMemoryError e) {
        taker = Taker.NOBODY; // There is no thread to be had; the next look may have more luck.
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
      throw new AssertionError("without a deadline there is no timeout", e);
    } catch (RuntimeException | Error e) {
      // The tunnel has ended with it, so the next read reports it.
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

  /** Takes one piece from the tunnel, or learns of its end. Lets go of the lock meanwhile. */
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
      taker = Taker.NOBODY;
      changed.signalAll();
      if (taken != null) {
        payload = taken;
      } else if (!ended) {
        ended = true;
        onEnd.run();
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void awaitChange(Deadline deadline) throws IOException {
    try {
      if (!deadline.isSet()) {
        changed.await();
      } else if (changed.awaitNanos(deadline.nanosLeft()) <= 0) {
        throw timedOut(deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in a read; the tunnel is as it was");
    }
  }

  private static SocketTimeoutException timedOut(Deadline deadline) {
    return new SocketTimeoutException(
        "no byte came within the read timeout of " + Durations.seconds(deadline.timeout()));
  }

  /** Lets those who wait for another thread look at the tunnel again. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends everybody away for good once the tunnel has ended. Waits for the thread that takes, which
   * the end of the connection frees, after a close handshake at the latest; not for one that a
   * listener's callback keeps.
   */
  void retire() {
    lock.lock();
    try {
      if (taker == Taker.CALLER && !tunnel.gauges().isSending()) {
        // It is to be freed at once, and only a cut does that. With bytes on the way the cloud's
        // answer to the close frame does, which tells that they arrived.
        tunnel.abort();
      }
      awaitNobody();
      ended = true;
      payload = NOTHING; // It lies in a buffer that is used again for the rest of the handshake.
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitNobody() {
    long giveUpAt = System.nanoTime() + LONGEST_TAKE.toNanos();
    boolean interrupted = false;
    long left;
    while (taker != Taker.NOBODY && (left = giveUpAt - System.nanoTime()) > 0) {
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
