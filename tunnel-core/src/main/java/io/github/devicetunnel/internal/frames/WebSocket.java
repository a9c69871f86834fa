package io.github.devicetunnel.internal.frames;

import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.concurrent.Recheck;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The client side of an open websocket, as two byte streams. One thread may call {@link #next}
 * while another thread calls {@link #write}. All other methods are thread-safe unless their
 * documentation says otherwise. No payload is queued: {@link #write} returns when the socket has
 * accepted the bytes. Received bytes stay in one buffer of at most 64 KiB until the next call of
 * {@link #next}.
 */
public final class WebSocket implements Closeable, KeepAlive.Connection {
  private static final long NOT_WAITING = Long.MIN_VALUE;

  private final UpgradedSocket socket;
  private final ObservedInput input;
  private final FrameReader reader;
  private final FrameSender sender;

  // Written by the reading thread.
  private final AtomicLong received = new AtomicLong();
  private volatile long waitingSince = NOT_WAITING;
  private volatile int closeCode = CloseCode.ABNORMAL;
  private volatile String closeReason = "";

  /**
   * Creates a websocket on an upgraded connection.
   *
   * @param helpers runs writes of control frames that may block on the network
   */
  public WebSocket(UpgradedSocket socket, Executor helpers) {
    this.socket = socket;
    this.sender = new FrameSender(socket.outputStream(), helpers);
    this.input = new ObservedInput(socket.inputStream());
    this.reader = new FrameReader(input, Role.SERVER, new Controls());
  }

  /**
   * Returns the next payload bytes, at least one. Blocks until bytes are available, and answers
   * pings meanwhile. The caller owns the buffer until the next call.
   *
   * @param deadline when to stop waiting; the next call continues where this call stopped
   * @return null after the server's close frame; see {@link #closeCode}
   * @throws ProtocolViolationException if the server violated the protocol
   * @throws BareCloseException if the connection ended between two messages without a close frame;
   *     over TLS only after a {@code close_notify}
   * @throws EOFException if the connection ended inside a message, or if TLS ended without a {@code
   *     close_notify}
   * @throws SocketTimeoutException if no byte was received before the deadline
   * @throws IOException if the connection was reset, or ended by {@link #abort}
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
   * Sends bytes as one frame. Blocks until the socket has accepted them.
   *
   * @param buffer a buffer with at least {@link FrameWriter#HEADER_ROOM} bytes before {@code
   *     offset}; these bytes and the payload are overwritten
   * @throws IOException if the connection is broken or the close frame has been sent
   */
  public void write(byte[] buffer, int offset, int length) throws IOException {
    sender.sendData(buffer, offset, length);
  }

  /**
   * Starts pings and liveness checks. The first ping is sent after one interval.
   *
   * @param pingInterval positive
   * @param livenessTimeout maximum silence while at most 64 KiB are unacknowledged
   * @param writeTimeout maximum silence while more bytes are unacknowledged, and maximum duration
   *     of a write; zero means no limit
   * @return the running checks
   */
  public Recheck startKeepAlive(
      Duration pingInterval,
      Duration livenessTimeout,
      Duration writeTimeout,
      KeepAliveVerdict verdict,
      ScheduledExecutorService scheduler) {
    return KeepAlive.start(this, pingInterval, livenessTimeout, writeTimeout, verdict, scheduler);
  }

  /** Queues a ping, which is sent after the current frame. Does not block. */
  @Override
  public void ping() {
    sender.sendPing();
  }

  /** Like {@link #ping}, but may write on the calling thread, one of this connection. */
  public void pingHere() {
    sender.sendPingHere();
  }

  /**
   * Queues a close frame, unless one has been queued. It is sent after the current frame. Does not
   * block.
   */
  public void sendClose(int code, String reason) {
    sender.sendClose(code, reason);
  }

  /** Like {@link #sendClose}, but may write on the calling thread, one of this connection. */
  public void sendCloseHere(int code, String reason) {
    sender.sendCloseHere(code, reason);
  }

  /**
   * Completes the closing handshake: sends the queued close frame, then discards received bytes
   * until the server closes the connection. Blocks until then, until {@link #abort}, or until the
   * deadline passes while bytes are awaited. Call it only while no other thread is in {@link
   * #next}.
   */
  public void awaitEnd(Deadline deadline) throws IOException {
    sender.flush();
    input.begin(deadline);
    try {
      while (reader.next() != null) {
        // Discard: the tunnel has ended.
      }
    } catch (ProtocolViolationException e) {
      // The close frame was sent before, so the server gets no report of this violation.
    }
    // The server closes first (RFC 6455 section 7.1.1), so that TIME_WAIT stays on its side.
    byte[] rest = new byte[1024];
    while (input.read(rest) >= 0) {
      // Discard: no frame may follow a close frame.
    }
  }

  /**
   * Returns the code of the server's close frame, or {@link CloseCode#ABNORMAL} if none was
   * received.
   */
  public int closeCode() {
    return closeCode;
  }

  /** Returns the reason in the server's close frame, or an empty string. */
  public String closeReason() {
    return closeReason;
  }

  /**
   * Returns whether the socket has accepted the close frame and all frames before it, or the write
   * of the close frame has failed.
   */
  public boolean isCloseSent() {
    return sender.isDone();
  }

  /** Returns the number of payload bytes written to the socket. */
  public long sent() {
    return sender.sent();
  }

  /** Returns the number of payload bytes returned by {@link #next}. */
  public long received() {
    return received.get();
  }

  /** Returns the number of payload bytes sent but not yet acknowledged by a pong. */
  @Override
  public long unacknowledged() {
    return sender.unacknowledged();
  }

  /**
   * Returns the round-trip time of the last answered ping, or null if no ping has been answered.
   */
  public @Nullable Duration roundTrip() {
    return sender.roundTrip();
  }

  /**
   * Returns how long a read has been waiting without receiving a byte, in nanoseconds, or 0 if no
   * read is in progress. The time between two reads does not count as silence.
   */
  @Override
  public long silentNanos(long now) {
    long since = waitingSince;
    return since == NOT_WAITING ? 0 : Math.min(now - since, socket.incompleteNanos(now, since));
  }

  /**
   * Returns the time since the last byte of an incomplete TLS record arrived, in nanoseconds. Such
   * bytes are a sign of life, although they cannot be read yet.
   *
   * @return {@link Long#MAX_VALUE} if there is no incomplete record
   */
  public long incompleteNanos() {
    long since = waitingSince;
    return since == NOT_WAITING ? Long.MAX_VALUE : socket.incompleteNanos(System.nanoTime(), since);
  }

  /**
   * Returns how long the current write has been blocked, in nanoseconds, or 0 if no write is in
   * progress.
   */
  @Override
  public long writeBlockedNanos(long now) {
    return sender.blockedNanos(now);
  }

  /** Aborts the connection and unblocks its reader and writer. Does not block. */
  public void abort() {
    socket.abort();
  }

  /** Releases the connection. Aborts it first if no close frame was sent. */
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

  /** An input that records since when a read has been waiting and applies the deadline to reads. */
  private final class ObservedInput extends InputStream {
    private final InputStream in;

    // Accessed only by the reading thread.
    private Deadline deadline = Deadline.NONE;
    private boolean hasRead;
    private int timeoutMillis;

    ObservedInput(InputStream in) {
      this.in = in;
    }

    /** Sets the deadline for the reads until the next call. */
    void begin(Deadline deadline) {
      this.deadline = deadline;
      hasRead = false;
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

    /**
     * Sets the read timeout. One read is always allowed, so that bytes that have arrived are
     * returned even if the deadline has passed.
     */
    private void applyDeadline() throws IOException {
      int millis = 0;
      if (deadline.isSet()) {
        long nanos = Math.max(deadline.nanosLeft(), 0);
        if (nanos == 0 && hasRead) {
          throw new SocketTimeoutException("Read timed out");
        }
        millis = (int) Math.min(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, Integer.MAX_VALUE);
      }
      hasRead = true;
      if (millis != timeoutMillis) {
        socket.setReadTimeout(millis);
        timeoutMillis = millis;
      }
    }
  }
}
