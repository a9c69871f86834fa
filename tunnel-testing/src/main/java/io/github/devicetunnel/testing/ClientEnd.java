package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.FrameReader;
import io.github.devicetunnel.internal.frames.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The client end of an open tunnel. One thread may call {@link #next} while another calls {@link
 * #send}; all other methods are thread-safe. The tunnel ends cleanly after both close frames, and
 * is aborted if that takes too long.
 */
final class ClientEnd {
  /** Maximum time for the other half of the closing handshake. */
  private static final Duration CLOSE_REPLY_TIMEOUT = Duration.ofSeconds(2);

  /** Maximum time for a slow client to read the remaining bytes. */
  private static final Duration LINGER_TIMEOUT = Duration.ofSeconds(30);

  private final AcceptedSocket socket;
  private final Workers workers;
  private final FrameReader frames;
  private final ClientSender sender;

  private volatile int closeCode = CloseCode.ABNORMAL;
  private @Nullable Future<?> deadline; // guarded by this

  /**
   * Starts the websocket protocol on a connection.
   *
   * @param early bytes that were read from the socket together with the request
   */
  ClientEnd(AcceptedSocket socket, byte[] early, Workers workers, String helperName)
      throws IOException {
    this.socket = socket;
    this.workers = workers;
    InputStream rest = socket.plaintextInput();
    InputStream in =
        early.length == 0 ? rest : new SequenceInputStream(new ByteArrayInputStream(early), rest);
    this.frames = new FrameReader(in, Role.CLIENT, new Controls());
    this.sender = new ClientSender(socket.plaintextOutput(), workers, helperName);
  }

  /**
   * Returns the next bytes from the client, as {@link FrameReader#next}, and answers pings.
   *
   * @return the bytes; null if the client has closed, see {@link #closeCode}
   */
  @Nullable ByteBuffer next() throws IOException {
    return frames.next();
  }

  /** Sends one data frame, as {@link ClientSender#sendData}. */
  void send(byte[] buffer, int offset, int length) throws IOException {
    sender.sendData(buffer, offset, length);
  }

  /** Queues a ping. Never blocks. */
  void ping() {
    sender.sendPing();
  }

  /**
   * Returns the close code of the client, or {@link CloseCode#ABNORMAL} before the client has
   * closed.
   */
  int closeCode() {
    return closeCode;
  }

  /** Returns whether this end has sent a close frame or stopped sending. */
  boolean closeSent() {
    return sender.closeSent();
  }

  /**
   * Closes the tunnel from this end, after all bytes that were sent before. Blocks on the network,
   * but does not wait for the client's answer, which {@link #next} receives. The output is ended
   * two seconds later. The connection is aborted only after a longer time, because an abort
   * discards bytes that a slow client has not read.
   */
  void close(int code, String reason) {
    try {
      sender.sendClose(code, reason);
      setDeadline(this::endOutput, CLOSE_REPLY_TIMEOUT);
    } catch (IOException e) {
      abort();
    }
  }

  private void endOutput() {
    socket.endOutput();
    setDeadline(this::abort, LINGER_TIMEOUT);
  }

  /**
   * Answers the client's close frame, unless this end has closed before, and closes the connection.
   */
  void answerClose() {
    setDeadline(this::abort, CLOSE_REPLY_TIMEOUT);
    try {
      sender.sendClose(closeCode, "");
      // The server closes the connection first (RFC 6455 section 7.1.1).
      socket.closeCleanly();
    } catch (IOException e) {
      // The client has gone or was too slow.
    }
    abort();
  }

  /**
   * Closes the tunnel with an error and closes the connection. Bytes that the client still sends
   * are discarded, because closing a socket with unread bytes would discard the close frame.
   */
  void closeWithError(int code, String reason) {
    setDeadline(this::abort, CLOSE_REPLY_TIMEOUT);
    try {
      sender.sendClose(code, reason);
      socket.endOutput();
      socket.awaitEnd();
    } catch (IOException e) {
      // The client has gone or was too slow.
    }
    abort();
  }

  /**
   * Aborts the tunnel without a close frame. After a FIN, the client's bytes must still be read.
   * Never blocks.
   */
  void abort(Cut how) {
    sender.stop();
    if (how == Cut.RST) {
      socket.reset();
      cancelDeadline();
    } else {
      endOutput();
    }
  }

  /** Aborts the connection and unblocks readers and writers. Never blocks. */
  void abort() {
    socket.abort();
    cancelDeadline();
  }

  private synchronized void setDeadline(Runnable task, Duration time) {
    cancelDeadline();
    if (socket.isClosed()) {
      return;
    }
    try {
      deadline = workers.schedule(task, time);
    } catch (RejectedExecutionException e) {
      abort(); // service is closing
    }
  }

  private synchronized void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private final class Controls implements FrameReader.ControlHandler {
    @Override
    public void onPing(byte[] payload) {
      sender.sendPong(payload);
    }

    @Override
    public void onPong(byte[] payload) {
      // Pongs are ignored, whether solicited or not.
    }

    @Override
    public void onClose(int code, String reason) {
      closeCode = code;
    }
  }
}
