package io.github.devicetunnel.internal.frames;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of a websocket. One writer of data, which may block on the network, shares it
 * with senders of control frames, which must not block.
 *
 * <p>A control frame is queued, and the current holder of the write lock sends it after the current
 * frame. Control frames are therefore sent between the frames of a running upload. If the lock is
 * free, a helper thread sends the frame. A thread of the connection itself sends it without a
 * helper if the socket's send buffer probably has room for it: if it blocks in spite of that, only
 * its own connection waits. At most one frame of each kind is queued: the latest pong answers all
 * earlier pings (RFC 6455 section 5.5.3).
 *
 * <p>Thread-safe.
 */
final class FrameSender {
  private static final long NEVER = Long.MIN_VALUE;

  /** Number of control frames that fit into the socket's send buffer if the peer does not read. */
  private static final int FEW = 8;

  private final ReentrantLock writing = new ReentrantLock();
  private final FrameWriter frames;
  private final Executor helpers;

  private final AtomicReference<byte @Nullable []> pongDue = new AtomicReference<>();
  private volatile boolean pingDue;
  private final AtomicReference<@Nullable CloseFrame> closeDue = new AtomicReference<>();

  // Written while holding the lock, read by all threads.
  private final AtomicLong sent = new AtomicLong();
  private volatile long writingSince = NEVER;
  private volatile boolean closeSent;

  private final AtomicInteger controlsSent = new AtomicInteger();

  private final Pings pings = new Pings();

  // Written by the reading thread.
  private volatile long acknowledged;
  private volatile int controlsAcknowledged;
  private volatile @Nullable Duration roundTrip;

  private final AtomicBoolean helperIsDue = new AtomicBoolean();

  FrameSender(OutputStream out, Executor helpers) {
    this.frames = new FrameWriter(out, Role.CLIENT);
    this.helpers = helpers;
  }

  /** Sends a data frame as {@link FrameWriter#writeData} does. Blocks on the network. */
  void sendData(byte[] buffer, int offset, int length) throws IOException {
    writing.lock();
    try {
      if (closeSent) {
        throw new IOException("the close frame has already been sent");
      }
      writingSince = System.nanoTime();
      frames.writeData(buffer, offset, length);
      sent.addAndGet(length);
      writeControls();
    } finally {
      doneWriting();
    }
    sendControls();
  }

  private void doneWriting() {
    writingSince = NEVER;
    writing.unlock();
  }

  /**
   * Queues a close frame, unless one has been queued. No frame is sent after it. Does not block.
   */
  void sendClose(int code, String reason) {
    if (closeDue.compareAndSet(null, new CloseFrame(code, reason))) {
      handOver();
    }
  }

  /** Like {@link #sendClose}, but may write on the calling thread, one of this connection. */
  void sendCloseHere(int code, String reason) {
    if (closeDue.compareAndSet(null, new CloseFrame(code, reason))) {
      writeOrHandOver();
    }
  }

  /** Sends the queued control frames. Blocks on the network. */
  void flush() throws IOException {
    writing.lock();
    try {
      writeControls();
    } finally {
      doneWriting();
    }
    sendControls();
  }

  /** Queues a ping. Does not block. */
  void sendPing() {
    pingDue = true;
    handOver();
  }

  /** Like {@link #sendPing}, but may write on the calling thread, one of this connection. */
  void sendPingHere() {
    pingDue = true;
    writeOrHandOver();
  }

  /** Queues a pong. May write on the calling thread, which must be the reading thread. */
  void sendPong(byte[] payload) {
    pongDue.set(payload);
    writeOrHandOver();
  }

  /**
   * Handles a pong on the reading thread. The peer handles frames in order, so the pong
   * acknowledges all bytes that were sent before its ping. See docs/rationale/data-path.md.
   */
  void onPong(byte[] payload) {
    Pings.Ping ping = pings.answeredBy(payload);
    if (ping != null) {
      acknowledged = ping.bytes();
      controlsAcknowledged = ping.controls() + 1;
      roundTrip = Duration.ofNanos(System.nanoTime() - ping.sentAt());
    }
  }

  /** Returns the number of payload bytes sent. */
  long sent() {
    return sent.get();
  }

  /** Returns the number of payload bytes sent but not yet acknowledged by a pong. */
  long unacknowledged() {
    return sent.get() - acknowledged;
  }

  /**
   * Returns the round-trip time of the last answered ping, including the delivery of the data
   * before it, or null if no ping has been answered.
   */
  @Nullable Duration roundTrip() {
    return roundTrip;
  }

  /**
   * Returns how long the current write has been blocked, in nanoseconds, or 0 if no write is in
   * progress.
   */
  long blockedNanos(long now) {
    long since = writingSince;
    return since == NEVER ? 0 : now - since;
  }

  boolean closeSent() {
    return closeSent;
  }

  /**
   * Returns whether the close frame was written, or its write failed, and no write is in progress.
   */
  boolean isDone() {
    return closeSent && !writing.isLocked();
  }

  private void writeOrHandOver() {
    if (unacknowledged() == 0 && controlsSent.get() - controlsAcknowledged < FEW) {
      sendControls();
    } else {
      handOver();
    }
  }

  /**
   * Lets a helper send what is queued. The holder of the lock, if there is one, checks the queue
   * again after it has released the lock.
   */
  private void handOver() {
    if (!writing.isLocked() && helperIsDue.compareAndSet(false, true)) {
      boolean started = false;
      try {
        helpers.execute(this::help);
        started = true;
      } catch (OutOfMemoryError e) {
        // No thread is available. The next write or control frame sends what is queued.
      } finally {
        if (!started) {
          helperIsDue.set(false);
        }
      }
    }
  }

  private void help() {
    helperIsDue.set(false);
    sendControls();
  }

  private boolean somethingIsDue() {
    return !closeSent && (pingDue || pongDue.get() != null || closeDue.get() != null);
  }

  private void sendControls() {
    while (somethingIsDue() && writing.tryLock()) {
      try {
        writeControls();
      } catch (IOException e) {
        // The connection is broken. The reading thread detects this and reports the cause.
        return;
      } finally {
        doneWriting();
      }
    }
  }

  private void writeControls() throws IOException {
    byte[] pong = closeSent ? null : pongDue.getAndSet(null);
    if (pong != null) {
      beginControl();
      frames.writePong(pong);
    }
    if (pingDue && !closeSent) {
      pingDue = false;
      Pings.Ping ping = pings.add(sent.get(), controlsSent.get());
      beginControl();
      frames.writePing(ping.payload());
    }
    CloseFrame close = closeDue.get();
    if (close != null && !closeSent) {
      beginControl();
      closeSent = true;
      frames.writeClose(close.code(), close.reason());
    }
  }

  private void beginControl() {
    writingSince = System.nanoTime();
    controlsSent.incrementAndGet();
  }

  private record CloseFrame(int code, String reason) {}
}
