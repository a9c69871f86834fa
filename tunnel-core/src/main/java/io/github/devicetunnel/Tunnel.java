package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.websocket.CloseCode;
import io.github.devicetunnel.websocket.Deadline;
import io.github.devicetunnel.websocket.FrameWriter;
import io.github.devicetunnel.websocket.ProtocolViolationException;
import io.github.devicetunnel.websocket.UpgradedSocket;
import io.github.devicetunnel.websocket.WebSocket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection through the cloud. This class alone knows whether it is open, and why
 * it ended; the first reason counts.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>in</th><th>when</th><th>goes to</th></tr>
 * <tr><td>DIALING</td><td>the cloud granted the upgrade</td><td>OPEN</td></tr>
 * <tr><td>DIALING</td><td>refused, failed, or ended by us</td><td>CLOSED</td></tr>
 * <tr><td>OPEN</td><td>the local side ended its output</td><td>DRAINING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>a close frame came; we answer it</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>we end it: our close frame goes out</td><td>CLOSING</td></tr>
 * <tr><td>DRAINING</td><td>no payload for the half-close timeout: our close frame</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>connection lost, silent, stuck; a rule broken</td><td>CLOSING</td></tr>
 * <tr><td>CLOSING</td><td>both close frames were exchanged, or two seconds passed</td><td>CLOSED</td></tr>
 * </table>
 *
 * <p>In CLOSING nothing is delivered any more in either direction; what still comes is thrown away.
 *
 * <p>Threads: one that reads calls {@link #next}, one that writes calls {@link #write} and {@link
 * #shutdownOutput}; {@link #close} is for the one that reads, or for any when nobody reads. {@link
 * #end} and {@link #abort} are for everybody and never wait. The lock is never held over I/O.
 */
final class Tunnel {
  /** How long the other end may take to answer a close frame. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** An end that comes so soon and without a byte hints at a service that does not listen. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private enum State {
    DIALING,
    OPEN,
    DRAINING,
    CLOSING,
    CLOSED
  }

  private final Engine engine;
  private final Settings settings;
  private final long startedAt = System.nanoTime();
  private final Dial dial;
  private final PayloadWatch payloadWatch = new PayloadWatch();
  private final CountDownLatch closed = new CountDownLatch(1);

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final TunnelTimers timers;
  // Written under the lock.
  private volatile State state = State.DIALING;
  private volatile @Nullable CloseReason reason;
  private volatile @Nullable WebSocket webSocket;
  private volatile long openedAt;

  Tunnel(Engine engine, Settings settings, Duration halfCloseTimeout) {
    this.engine = engine;
    this.settings = settings;
    this.dial = new Dial(engine, settings, startedAt);
    this.timers =
        new TunnelTimers(
            engine.timers(),
            settings.timeouts(),
            halfCloseTimeout,
            payloadWatch,
            new TunnelTimers.Verdict() {
              @Override
              public void end(Ending ending) {
                Tunnel.this.end(ending);
              }

              @Override
              public void abort(Ending ending) {
                Tunnel.this.abort(ending);
              }
            });
  }

  /**
   * Dials, on the calling thread.
   *
   * @throws TunnelException when there is no tunnel in the end
   * @throws InterruptedIOException when the thread was interrupted; it keeps its flag
   */
  void open() throws IOException {
    UpgradedSocket socket;
    try {
      socket = dial.execute();
    } catch (TunnelException e) {
      throw dialFailed(e);
    }
    WebSocket opened = new WebSocket(socket, engine.threads().helpers());
    lock.lock();
    try {
      if (reason == null) {
        state = State.OPEN;
        openedAt = System.nanoTime();
        webSocket = opened;
        timers.opened(opened);
        return;
      }
    } finally {
      lock.unlock();
    }
    opened.close();
    release();
    throw new TunnelException(knownReason());
  }

  /** Ends the dial, if it is still under way. Never waits. */
  void giveUpDial(Duration limit) {
    if (state == State.DIALING) {
      end(Ending.givenUp(limit, dial.doing()));
    }
  }

  /** The failure is why, unless the tunnel had been ended while it was dialled. */
  private IOException dialFailed(TunnelException e) {
    boolean first;
    lock.lock();
    try {
      first = reason == null;
      if (first) {
        reason = e.reason();
      }
    } finally {
      lock.unlock();
    }
    release();
    if (e.reason().kind() == Kind.LOCAL_CLOSED) {
      InterruptedIOException interrupted = new InterruptedIOException(e.getMessage());
      interrupted.initCause(e.getCause());
      return interrupted;
    }
    return first ? e : new TunnelException(knownReason());
  }

  /**
   * The next bytes from the service; waits for them. They belong to the caller until the next call.
   *
   * @return null when the tunnel has ended: {@link #reason} tells why
   * @throws SocketTimeoutException when nothing came until the deadline; the next call goes on
   */
  @Nullable ByteBuffer next(Deadline deadline) throws SocketTimeoutException {
    WebSocket socket = openSocket();
    payloadWatch.waiting();
    try {
      ByteBuffer payload = socket.next(deadline);
      payloadWatch.arrived();
      if (payload == null) {
        end(Ending.remoteClosed(socket.closeCode(), socket.closeReason(), hint(socket)));
      } else if (isOpen()) {
        return payload;
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (ProtocolViolationException e) {
      end(Ending.protocolError(e));
    } catch (IOException e) {
      abort(isInterrupt(e) ? Ending.interrupted("reading", e) : Ending.lost(e));
    } finally {
      payloadWatch.notWaiting();
    }
    return null;
  }

  /** The JDK closes the socket in which it interrupts a virtual thread. */
  private static boolean isInterrupt(IOException e) {
    return Thread.currentThread().isInterrupted() && "Closed by interrupt".equals(e.getMessage());
  }

  private @Nullable String hint(WebSocket socket) {
    boolean atOnce = System.nanoTime() - openedAt < AT_ONCE.toNanos();
    boolean inOrder = socket.closeCode() == CloseCode.NORMAL;
    return atOnce && inOrder && socket.received() == 0 && state == State.OPEN
        ? Ending.nothingListens(settings.target())
        : null;
  }

  /**
   * Sends bytes to the service as one frame, and returns when the socket has taken them.
   *
   * @param buffer with {@link FrameWriter#HEADER_ROOM} bytes before {@code offset}; both are
   *     overwritten
   * @throws TunnelException when the tunnel has ended, or takes no more bytes
   */
  void write(byte[] buffer, int offset, int length) throws TunnelException {
    WebSocket socket = openSocket();
    CloseReason why = reason;
    if (why == null) {
      try {
        payloadWatch.sending();
        socket.write(buffer, offset, length);
        payloadWatch.sent();
        return;
      } catch (IOException e) {
        if (isInterrupt(e)) {
          abort(Ending.interrupted("writing", e));
        }
        // Any other end is for the thread that reads to find: before it there may be bytes that
        // came, and a close frame that says more.
        why = reason == null ? describe(Ending.lost(e)) : reason;
      }
    }
    throw new TunnelException(why);
  }

  /**
   * Nothing more will be written. The protocol cannot say so to the service: what still comes is
   * delivered, until the service closes or has been silent for the half-close timeout.
   */
  void shutdownOutput() {
    lock.lock();
    try {
      if (state != State.OPEN) {
        return;
      }
      state = State.DRAINING;
      timers.draining(this::received);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the tunnel and cuts the connection. Never waits; does nothing to one that has ended. */
  void abort(Ending ending) {
    if (end(ending)) {
      abort();
    }
  }

  /**
   * Ends the tunnel with a close frame. Never waits.
   *
   * @return false when it had ended before, and nothing was done
   */
  boolean end(Ending ending) {
    CloseReason why = describe(ending);
    WebSocket socket;
    lock.lock();
    try {
      if (reason != null) {
        return false;
      }
      reason = why;
      socket = webSocket;
      if (socket != null) {
        state = State.CLOSING;
        timers.closing(CLOSE_TIMEOUT, this::abort);
      }
    } finally {
      lock.unlock();
    }
    if (socket != null) {
      socket.sendClose(ending.answer(), "");
    } else {
      dial.cancel();
    }
    return true;
  }

  /** Cuts the connection without a word, and frees whoever waits for it. */
  void abort() {
    WebSocket socket = webSocket;
    if (socket != null) {
      socket.abort();
    } else {
      dial.cancel();
    }
  }

  /**
   * Gives everything back: waits for the rest of the close handshake, at most two seconds, and
   * closes the socket. Ends the tunnel first if nobody did.
   */
  void close() {
    try {
      if (reason == null) {
        end(Ending.localClosed());
      }
      awaitEnd();
    } finally {
      release();
    }
  }

  private void awaitEnd() {
    WebSocket socket = webSocket;
    if (socket != null && closed.getCount() > 0) {
      try {
        socket.awaitEnd();
      } catch (IOException e) {
        // Nothing more can be learnt: the reason is known.
      }
    }
  }

  private void release() {
    WebSocket socket = webSocket;
    if (socket != null && closed.getCount() > 0) {
      socket.close();
    }
    lock.lock();
    try {
      state = State.CLOSED;
      timers.stop();
    } finally {
      lock.unlock();
    }
    closed.countDown();
  }

  /** Whether bytes are still delivered. */
  boolean isOpen() {
    return state == State.OPEN || state == State.DRAINING;
  }

  /** Why the tunnel ended; null while it has not. */
  @Nullable CloseReason reason() {
    return reason;
  }

  /** Why the tunnel ended, for those who know that it has. */
  CloseReason knownReason() {
    CloseReason known = reason;
    if (known == null) {
      throw new IllegalStateException("the tunnel has not ended");
    }
    return known;
  }

  /** Bytes sent of which the cloud has not confirmed that they arrived. */
  long unacknowledged() {
    WebSocket socket = webSocket;
    return socket == null ? 0 : socket.unacknowledged();
  }

  private long sent() {
    WebSocket socket = webSocket;
    return socket == null ? 0 : socket.sent();
  }

  private long received() {
    WebSocket socket = webSocket;
    return socket == null ? 0 : socket.received();
  }

  private WebSocket openSocket() {
    WebSocket socket = webSocket;
    if (socket == null) {
      throw new IllegalStateException("the tunnel is not open yet");
    }
    return socket;
  }

  private CloseReason describe(Ending ending) {
    return ending.reason(sent(), received(), startedAt);
  }

  @Override
  public String toString() {
    return "Tunnel[" + settings.target() + ", " + state + "]";
  }
}
