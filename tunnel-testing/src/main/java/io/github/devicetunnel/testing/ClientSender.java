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
 * Sends frames to a client. Data is written by the thread that has it. Pings and pongs never make
 * their sender wait: a client that does not read must still be read from, or both ends might wait
 * for each other for good. So they are only noted, and written after the frame that is under way,
 * or by a helper.
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
   * Sends one frame of data. Waits for the network.
   *
   * @param buffer as for {@link FrameWriter#writeData}
   * @throws IOException when the client is gone, or its tunnel was closed
   */
  void sendData(byte[] buffer, int offset, int length) throws IOException {
    writing.lock();
    try {
      if (closeSent) {
        throw new IOException("the close frame was sent");
      }
      frames.writeData(buffer, offset, length);
    } finally {
      writing.unlock();
    }
    sendControls();
  }

  /** Sends a close frame unless one was sent; nothing is sent after it. Waits for the network. */
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

  void pingSoon() {
    pingDue = true;
    controlIsDue();
  }

  /** The latest pong answers all earlier pings, too (RFC 6455 section 5.5.3). */
  void pongSoon(byte[] payload) {
    pongDue.set(payload);
    controlIsDue();
  }

  /** Sends nothing more, not even a close frame. Never waits. */
  void stop() {
    closeSent = true;
  }

  /** Whether nothing more is sent. */
  boolean closeSent() {
    return closeSent;
  }

  private void controlIsDue() {
    if (writing.isLocked()) {
      return; // The holder looks again after it has let go.
    }
    try {
      workers.run(helperName, this::sendControls);
    } catch (RejectedExecutionException e) {
      // The service is being closed, and this connection is cut.
    }
  }

  private void sendControls() {
    while (isControlDue() && writing.tryLock()) {
      try {
        writeControls();
      } catch (IOException e) {
        return; // The client is gone. The thread that reads from it finds out.
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
