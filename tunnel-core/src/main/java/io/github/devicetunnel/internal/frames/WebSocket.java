package io.github.devicetunnel.internal.frames;

import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of an open websocket, as two streams of bytes: {@link #next} for one thread,
 * {@link #write} for another, everything else from any thread. It holds no payload: what is written
 * is in the socket when {@link #write} returns, what was received lies in one buffer of at most 64
 * KiB until {@link #next} is called again.
 */
public final class WebSocket implements Closeable {
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final UpgradedSocket socket;
  private final ObservedInput input;
  private final FrameReader reader;
  private final FrameSender sender;

  // Written by the thread that reads.
  private final AtomicLong received = new AtomicLong();
  private volatile long waitingSince = NOT_WAITING;
  private volatile int closeCode = CloseCode.ABNORMAL;
  private volatile String closeReason = "";

  /**
   * Begins to speak frames.
   *
   * @param helpers runs a ping or pong that may have to wait for the network
   */
  public WebSocket(UpgradedSocket socket, Executor helpers) {
    this.socket = socket;
    this.sender = new FrameSender(socket.outputStream(), helpers);
    this.input = new ObservedInput(socket.inputStream());
    this.reader = new FrameReader(input, Role.SERVER, new Controls());
  }

  /**
   * The next bytes of payload, at least one; waits for them. The buffer belongs to the caller until
   * the next call. Answers pings on the way.
   *
   * @param deadline when to give up; the next call goes on where this one was
   * @return null after the close frame of the other end: see {@link #closeCode}
   * @throws ProtocolViolationException when the other end broke a rule
   * @throws BareCloseException when the connection ended between two messages, without a close
   *     frame; over TLS only after a {@code close_notify}
   * @throws EOFException when the connection ended inside a message, or TLS without a {@code
   *     close_notify}
   * @throws SocketTimeoutException when nothing came until the deadline
   * @throws IOException when it was reset, or cut by {@link #abort}
   */
  public @Nullable ByteBuffer next(Deadline deadline) throws IOException {
    input.begin(deadline);
    ByteBuffer payload = reader.next();
    if (payload != null) {
      received.addAndGet(payload.remaining());
    }
    return payload;
  }

  /**
   * Sends bytes as one frame; waits until the socket has taken them.
   *
   * @param buffer with {@link FrameWriter#HEADER_ROOM} bytes before {@code offset}; both are
   *     overwritten
   * @throws IOException when the connection is gone or the close frame was sent
   */
  public void write(byte[] buffer, int offset, int length) throws IOException {
    sender.sendData(buffer, offset, length);
  }

  /** Sends a ping, after the frame that is being written if there is one. Never waits. */
  public void ping() {
    sender.sendPing();
  }

  /**
   * Sends the close frame, unless one was sent, after the frame that is being written. Never waits.
   */
  public void sendClose(int code, String reason) {
    sender.sendClose(code, reason);
  }

  /**
   * Ends the closing handshake: returns when our close frame has been written and the other end has
   * closed the connection. Throws away what still comes. Waits until then, or for {@link #abort};
   * only when no other thread is in {@link #next}.
   */
  public void awaitEnd() throws IOException {
    sender.flush();
    input.begin(Deadline.NONE);
    try {
      while (reader.next() != null) {
        // The tunnel is over; nobody wants these bytes.
      }
    } catch (ProtocolViolationException e) {
      // It knows by our close frame, unless that is overtaken by the reset that unread bytes cause.
    }
    // The server closes first (RFC 6455 section 7.1.1): it can afford the state TIME_WAIT.
    byte[] rest = new byte[1024];
    while (input.read(rest) >= 0) {
      // Nothing may follow a close frame.
    }
  }

  /** The code of the other end's close frame, {@link CloseCode#ABNORMAL} while there is none. */
  public int closeCode() {
    return closeCode;
  }

  /** The text of the other end's close frame. */
  public String closeReason() {
    return closeReason;
  }

  /** Whether the socket has taken our close frame, and with it all that went before. */
  public boolean isCloseSent() {
    return sender.isDone();
  }

  /** Bytes of payload that were written to the socket. */
  public long sent() {
    return sender.sent();
  }

  /** Bytes of payload that {@link #next} handed out. */
  public long received() {
    return received.get();
  }

  /** Bytes of payload that were sent and of which no pong has told that they arrived. */
  public long unacknowledged() {
    return sender.unacknowledged();
  }

  /** How long the last ping that was answered took; null while there is none. */
  public @Nullable Duration roundTrip() {
    return sender.roundTrip();
  }

  /**
   * Returns for how long nothing has come while a thread waited for it, in nanoseconds; 0 while
   * nobody waits. Time that the reader spends elsewhere does not count as silence.
   */
  public long silentNanos(long now) {
    long since = waitingSince;
    return since == NOT_WAITING ? 0 : Math.min(now - since, socket.incompleteNanos(now, since));
  }

  /**
   * Returns for how long nothing more has come of a TLS record that is not complete, in
   * nanoseconds. Its bytes are a sign of life though none of them can be read yet.
   *
   * @return {@link Long#MAX_VALUE} if there is no such record
   */
  public long incompleteNanos() {
    long since = waitingSince;
    return since == NOT_WAITING ? Long.MAX_VALUE : socket.incompleteNanos(System.nanoTime(), since);
  }

  /** For how long a frame has been waiting for the socket, in nanoseconds; 0 for none. */
  public long writeBlockedNanos(long now) {
    return sender.blockedNanos(now);
  }

  /** Cuts the connection and frees whoever reads or writes. Never waits. */
  public void abort() {
    socket.abort();
  }

  /** Gives the connection back to the system; in order if both close frames were exchanged. */
  @Override
  public void close() {
    if (!sender.closeSent()) {
      socket.abort();
    }
    socket.close();
  }

  private final class Controls implements FrameReader.ControlHandler {
    @Override
    public void onPing(byte[] payload) {
      sender.sendPong(payload);
    }

    @Override
    public void onPong(byte[] payload) {
      sender.onPong(payload);
    }

    @Override
    public void onClose(int code, String reason) {
      closeCode = code;
      closeReason = reason;
    }
  }

  /** Notes since when a read waits, which is the clock of liveness, and bounds it in time. */
  private final class ObservedInput extends InputStream {
    private final InputStream in;

    // Only on the thread that reads.
    private Deadline deadline = Deadline.NONE;
    private boolean looked;
    private int timeoutMillis;

    ObservedInput(InputStream in) {
      this.in = in;
    }

    /** For the reads until the next call. */
    void begin(Deadline deadline) {
      this.deadline = deadline;
      looked = false;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("frames are read in pieces");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      applyDeadline();
      waitingSince = System.nanoTime();
      try {
        return in.read(bytes, offset, length);
      } finally {
        waitingSince = NOT_WAITING;
      }
    }

    /** However short the time: what is there already is taken, as from any socket. */
    private void applyDeadline() throws IOException {
      int millis = 0;
      if (deadline.isSet()) {
        long nanos = Math.max(deadline.nanosLeft(), 0);
        if (nanos == 0 && looked) {
          throw new SocketTimeoutException("Read timed out");
        }
        millis = (int) Math.min(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, Integer.MAX_VALUE);
      }
      looked = true;
      if (millis != timeoutMillis) {
        socket.setReadTimeout(millis);
        timeoutMillis = millis;
      }
    }
  }
}
