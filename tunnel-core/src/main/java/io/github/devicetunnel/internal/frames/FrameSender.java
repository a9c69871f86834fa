package io.github.devicetunnel.internal.frames;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
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
 * free, the caller sends the frame itself, provided that the socket's send buffer has room for it.
 * Otherwise a helper thread sends it. At most one frame of each kind is queued: the latest pong
 * answers all earlier pings (RFC 6455 section 5.5.3).
 *
 * <p>Thread-safe.
 */
final class FrameSender {
  private static final long NEVER = Long.MIN_VALUE;

  /** Length of a ping's payload: the number of bytes sent before the ping, and its send time. */
  private static final int PING_BYTES = 2 * Long.BYTES;

  /**
   * Number of control frames that always fit into the socket's send buffer, even if the peer does
   * not read.
   */
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

  /** Base of the times in pings, so that the peer does not learn the value of the local clock. */
  private final long startedAt = System.nanoTime();

  // Written by the reading thread.
  private volatile long acknowledged;
  private volatile @Nullable Duration roundTrip;

  // Number of control frames sent since the last pong.
  private final AtomicInteger unconfirmed = new AtomicInteger();

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
      controlIsDue();
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
    controlIsDue();
  }

  /** Queues a pong. Does not block. */
  void sendPong(byte[] payload) {
    pongDue.set(payload);
    controlIsDue();
  }

  /**
   * Handles a pong. A ping contains the number of bytes sent before it. The peer handles frames in
   * order, so the pong acknowledges all of these bytes. The ping also contains its send time, so no
   * list of pending pings is needed. See docs/rationale/data-path.md.
   */
  void onPong(byte[] payload) {
    if (payload.length != PING_BYTES) {
      return;
    }
    ByteBuffer ping = ByteBuffer.wrap(payload);
    long position = ping.getLong();
    long nanos = elapsed() - ping.getLong();
    if (position >= acknowledged && position <= sent.get() && nanos >= 0) {
      acknowledged = position;
      unconfirmed.set(0);
      roundTrip = Duration.ofNanos(nanos);
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

  private long elapsed() {
    return System.nanoTime() - startedAt;
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

  private void controlIsDue() {
    if (writing.isLocked()) {
      return; // The holder checks the queue again after it has released the lock.
    }
    if (unacknowledged() == 0 && unconfirmed.get() < FEW) {
      sendControls(); // The send buffer is nearly empty, so this does not block.
    } else if (helperIsDue.compareAndSet(false, true)) {
      askHelper();
    }
  }

  private void askHelper() {
    try {
      helpers.execute(this::help);
    } catch (OutOfMemoryError e) {
      // No thread is available. The next write or control frame sends what is queued.
      helperIsDue.set(false);
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
      beginControl();
      ByteBuffer ping = ByteBuffer.allocate(PING_BYTES).putLong(sent.get()).putLong(elapsed());
      frames.writePing(ping.array());
    }
    CloseFrame close = closeDue.get();
    if (close != null && !closeSent) {
      closeSent = true;
      beginControl();
      frames.writeClose(close.code(), close.reason());
    }
  }

  private void beginControl() {
    writingSince = System.nanoTime();
    unconfirmed.incrementAndGet();
  }

  private record CloseFrame(int code, String reason) {}
}
