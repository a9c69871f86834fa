package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames to a client. Data frames are written by the calling thread. Pings and pongs never
 * block their sender: a client that does not read must still be read from, or both ends could wait
 * for each other forever. Control frames are therefore queued and written after the current frame,
 * or by a helper thread.
 *
 * <p>Unlike the sender of a client, this class writes the close frame on the calling thread and
 * reports a failure, and can stop without a close frame, as {@link Fault#abortAfter} requires.
 *
 * <p>Thread-safe.
 */
final class ClientSender {
  private static final byte[] NO_PAYLOAD = {};

  private final Workers workers;
  private final String helperName;
  private final ReentrantLock writing = new ReentrantLock();
  private final FrameWriter frames; // guarded by writing

  private final AtomicReference<byte @Nullable []> pongDue = new AtomicReference<>();
  private volatile boolean pingDue;
  private volatile boolean closeSent;

  ClientSender(OutputStream out, Workers workers, String helperName) {
    this.frames = new FrameWriter(out, Role.SERVER);
    this.workers = workers;
    this.helperName = helperName;
  }

  /**
   * Sends one data frame. Blocks on the network.
   *
   * @param buffer as for {@link FrameWriter#writeData}
   * @throws IOException if the client has gone, or a close frame was sent
   */
  void sendData(byte[] buffer, int offset, int length) throws IOException {
    writing.lock();
    try {
      if (closeSent) {
        throw new IOException("the close frame has already been sent");
      }
      frames.writeData(buffer, offset, length);
    } finally {
      writing.unlock();
    }
    sendControls();
  }

  /** Sends a close frame unless one was sent. Nothing is sent after it. Blocks on the network. */
  void sendClose(int code, String reason) throws IOException {
    writing.lock();
    try {
      if (!closeSent) {
        closeSent = true;
        frames.writeClose(code, reason);
      }
    } finally {
      writing.unlock();
    }
  }

  /** Queues a ping. Never blocks. */
  void sendPing() {
    pingDue = true;
    controlIsDue();
  }

  /**
   * Queues a pong. Never blocks. The latest pong also answers all earlier pings (RFC 6455 section
   * 5.5.3).
   */
  void sendPong(byte[] payload) {
    pongDue.set(payload);
    controlIsDue();
  }

  /** Stops sending, without a close frame. Never blocks. */
  void stop() {
    closeSent = true;
  }

  /** Returns whether a close frame was sent or sending was stopped. */
  boolean closeSent() {
    return closeSent;
  }

  private void controlIsDue() {
    if (writing.isLocked()) {
      return; // The lock holder checks again after unlocking.
    }
    try {
      workers.run(helperName, this::sendControls);
    } catch (RejectedExecutionException e) {
      // The service is closing, and this connection is aborted.
    }
  }

  private void sendControls() {
    while (isControlDue() && writing.tryLock()) {
      try {
        writeControls();
      } catch (IOException e) {
        return; // The client has gone; the reading thread detects it.
      } finally {
        writing.unlock();
      }
    }
  }

  private boolean isControlDue() {
    return !closeSent && (pingDue || pongDue.get() != null);
  }

  private void writeControls() throws IOException {
    if (closeSent) {
      return;
    }
    byte[] pong = pongDue.getAndSet(null);
    if (pong != null) {
      frames.writePong(pong);
    }
    if (pingDue) {
      pingDue = false;
      frames.writePing(NO_PAYLOAD);
    }
  }
}
