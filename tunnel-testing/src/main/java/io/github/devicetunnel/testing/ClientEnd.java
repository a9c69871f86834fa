package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.FrameReader;
import io.github.devicetunnel.internal.frames.Role;
import io.github.devicetunnel.testing.FaultProxy.Cut;
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
 * The client's end of a granted tunnel: {@link #next} for one thread, {@link #send} for another,
 * all else from any. It ends in order when both close frames are through, and is cut when that
 * takes too long.
 */
final class ClientEnd {
  /** For the other half of the closing handshake. */
  private static final Duration REPLY_TIME = Duration.ofSeconds(2);

  /** For a client that reads slowly to come to the end of what it was sent. */
  private static final Duration LINGER_TIME = Duration.ofSeconds(30);

  private final AcceptedSocket socket;
  private final Workers workers;
  private final FrameReader frames;
  private final ClientSender sender;

  private volatile int closeCode = CloseCode.ABNORMAL;
  private @Nullable Future<?> deadline; // guarded by this

  /**
   * Begins to speak frames.
   *
   * @param early what was read from the socket together with the request
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
   * The next bytes from the client, as {@link FrameReader#next}. Answers pings on the way.
   *
   * @return null when the client has closed: see {@link #closeCode}
   */
  @Nullable ByteBuffer next() throws IOException {
    return frames.next();
  }

  /** As {@link ClientSender#sendData}. */
  void send(byte[] buffer, int offset, int length) throws IOException {
    sender.sendData(buffer, offset, length);
  }

  /** Sends a ping soon. Never waits. */
  void ping() {
    sender.pingSoon();
  }

  /** The code with which the client closed, {@link CloseCode#ABNORMAL} before it has. */
  int closeCode() {
    return closeCode;
  }

  /** Whether this end has closed, or was told to send nothing more. */
  boolean closeSent() {
    return sender.closeSent();
  }

  /**
   * Closes from this end, after all that was sent before: waits for the network, but not for the
   * client's answer, which comes with {@link #next}. Two seconds later the output is ended, too. A
   * cut must wait longer than that: it would take away what a slow client has still to read.
   */
  void close(int code, String reason) {
    try {
      sender.sendClose(code, reason);
      setDeadline(this::endOutput, REPLY_TIME);
    } catch (IOException e) {
      cut();
    }
  }

  private void endOutput() {
    socket.endOutput();
    setDeadline(this::cut, LINGER_TIME);
  }

  /**
   * Answers the client's close frame, if it was not the answer to ours, and ends the connection.
   */
  void answerClose() {
    setDeadline(this::cut, REPLY_TIME);
    try {
      sender.sendClose(closeCode, "");
      // The server closes first (RFC 6455 section 7.1.1).
      socket.closeInOrder();
    } catch (IOException e) {
      // The client is gone, or took too long.
    }
    cut();
  }

  /**
   * Tells the client what it did wrong, and ends the connection. What it still sends is thrown
   * away, because closing a socket with unread bytes takes the close frame away, too.
   */
  void reject(int code, String reason) {
    setDeadline(this::cut, REPLY_TIME);
    try {
      sender.sendClose(code, reason);
      socket.endOutput();
      socket.awaitEnd();
    } catch (IOException e) {
      // The client is gone, or took too long.
    }
    cut();
  }

  /**
   * Ends the connection without a close frame. After a FIN, what the client sends is still to be
   * read. Never waits.
   */
  void cut(Cut how) {
    sender.stop();
    if (how == Cut.RST) {
      socket.reset();
      cancelDeadline();
    } else {
      endOutput();
    }
  }

  /** Cuts the connection and frees whoever reads or writes. Never waits. */
  void cut() {
    socket.cut();
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
      cut(); // The service is being closed.
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
      sender.pongSoon(payload);
    }

    @Override
    public void onPong(byte[] payload) {
      // Asked for or not, it says nothing that is of use here.
    }

    @Override
    public void onClose(int code, String reason) {
      closeCode = code;
    }
  }
}
