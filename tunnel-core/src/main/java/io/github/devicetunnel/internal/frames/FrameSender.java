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
 * The sending half of a websocket, shared by those who have something to send: one writer of data,
 * who may wait for the network, and the senders of control frames, who must not.
 *
 * <p>A control frame is only noted. Whoever holds the lock writes it after the frame at hand, so it
 * goes out between the frames of a running upload. When nobody does, the sender writes it himself
 * if the network is known to be empty, and lets a helper do it otherwise. There is never more than
 * one of a kind waiting: the latest pong answers all earlier pings (RFC 6455 section 5.5.3).
 */
final class FrameSender {
  private static final long NEVER = Long.MIN_VALUE;

  /** The bytes that were sent before a ping, and when it was sent. */
  private static final int PING_BYTES = 2 * Long.BYTES;

  /** So many control frames always fit into a socket's buffer, however slow the other end is. */
  private static final int FEW = 8;

  private final ReentrantLock writing = new ReentrantLock();
  private final FrameWriter frames;
  private final Executor helpers;

  private final AtomicReference<byte @Nullable []> pongDue = new AtomicReference<>();
  private volatile boolean pingDue;
  private final AtomicReference<@Nullable CloseFrame> closeDue = new AtomicReference<>();

  // Written under the lock, read by all.
  private final AtomicLong sent = new AtomicLong();
  private volatile long writingSince = NEVER;
  private volatile boolean closeSent;

  /** The time in pings counts from here: what the clock says is nobody else's business. */
  private final long startedAt = System.nanoTime();

  // Written by the thread that reads.
  private volatile long acknowledged;
  private volatile @Nullable Duration roundTrip;

  // Control frames that were sent since the last pong came.
  private final AtomicInteger unconfirmed = new AtomicInteger();

  private final AtomicBoolean helperIsDue = new AtomicBoolean();

  FrameSender(OutputStream out, Executor helpers) {
    this.frames = new FrameWriter(out, Role.CLIENT);
    this.helpers = helpers;
  }

  /** Sends a frame of data, as {@link FrameWriter#writeData}. Waits for the network. */
  void sendData(byte[] buffer, int offset, int length) throws IOException {
    writing.lock();
    try {
      if (closeSent) {
        throw new IOException("the close frame was sent");
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

  /** Sends the close frame soon, unless one was sent; nothing is sent after it. Never waits. */
  void sendClose(int code, String reason) {
    if (closeDue.compareAndSet(null, new CloseFrame(code, reason))) {
      controlIsDue();
    }
  }

  /** Returns when what was noted has been written. Waits for the network. */
  void flush() throws IOException {
    writing.lock();
    try {
      writeControls();
    } finally {
      doneWriting();
    }
    sendControls();
  }

  /** Sends a ping soon. Never waits. */
  void sendPing() {
    pingDue = true;
    controlIsDue();
  }

  /** Sends a pong soon. Never waits. */
  void sendPong(byte[] payload) {
    pongDue.set(payload);
    controlIsDue();
  }

  /**
   * Takes a pong. A ping carries the number of bytes that were sent before it, and the other end
   * handles what it gets in order: its pong acknowledges all of them. It also carries when it was
   * sent, so that no list of pings is kept.
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

  /** Bytes of payload that were sent. */
  long sent() {
    return sent.get();
  }

  /** Bytes of payload that were sent and of which no pong has told that they arrived. */
  long unacknowledged() {
    return sent.get() - acknowledged;
  }

  /** How long the last ping that was answered took, with all that lay before it; null for none. */
  @Nullable Duration roundTrip() {
    return roundTrip;
  }

  private long elapsed() {
    return System.nanoTime() - startedAt;
  }

  /** For how long the write that is under way has been waiting, in nanoseconds; 0 for none. */
  long blockedNanos(long now) {
    long since = writingSince;
    return since == NEVER ? 0 : now - since;
  }

  boolean closeSent() {
    return closeSent;
  }

  /** Whether the close frame has left, and nobody is writing. */
  boolean isDone() {
    return closeSent && !writing.isLocked();
  }

  private void controlIsDue() {
    if (writing.isLocked()) {
      return; // The holder looks again after it has let go.
    }
    if (unacknowledged() == 0 && unconfirmed.get() < FEW) {
      sendControls(); // The socket's buffer is as good as empty, so this cannot wait.
    } else if (helperIsDue.compareAndSet(false, true)) {
      askHelper();
    }
  }

  private void askHelper() {
    try {
      helpers.execute(this::help);
    } catch (OutOfMemoryError e) {
      // There is no thread to be had; whoever writes or asks next may have more luck.
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
        // The connection is gone. The thread that reads finds out, and tells why.
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
