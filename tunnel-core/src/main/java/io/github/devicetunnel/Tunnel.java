package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.concurrent.InFlightGate;
import io.github.devicetunnel.internal.frames.BareCloseException;
import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.ProtocolViolationException;
import io.github.devicetunnel.internal.frames.WebSocket;
import io.github.devicetunnel.internal.net.HeapShare;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection through the cloud, from the dial to the end: puts the socket, the clocks, the
 * events and {@link TunnelLife} together.
 *
 * <p>Threads: one that reads calls {@link #next}, one that writes calls {@link #write} and {@link
 * #shutdownOutput}; {@link #close} is for the one that reads, or for any when nobody reads. {@link
 * #end} and {@link #abort} are for everybody and never wait.
 */
final class Tunnel implements TunnelTimers.Verdict {
  /** How long the other end may take to answer a close frame. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** An end that comes so soon and without a byte hints at a service that does not listen. */
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final SharedResources engine;
  private final Settings settings;
  private final ConnectionEvents events;
  private final Dial dial;
  private final PayloadWatch payloadWatch = new PayloadWatch();
  private final InFlightGate threads = new InFlightGate(this::tellClosed);

  private final TunnelLife life = new TunnelLife();
  private final ConnectionMetrics gauges;
  private final TunnelTimers timers;

  // Written by the thread that dials.
  private volatile boolean dialed;
  private volatile HeapShare.@Nullable Lease lease;

  Tunnel(
      SharedResources engine,
      Settings settings,
      ConnectionEvents events,
      Duration halfCloseTimeout) {
    this.engine = engine;
    this.settings = settings;
    this.events = events;
    this.gauges = new ConnectionMetrics(events.connection(), life);
    this.dial = new Dial(engine, settings, events, gauges.startedAt());
    this.timers =
        new TunnelTimers(
            engine.timers(), settings.timeouts(), halfCloseTimeout, payloadWatch, this);
  }

  /**
   * Dials, on the calling thread.
   *
   * @throws TunnelException when there is no tunnel in the end
   * @throws InterruptedIOException when the thread was interrupted; it keeps its flag
   */
  void open() throws IOException {
    if (!threads.enter()) {
      throw new TunnelException(requireReason());
    }
    dialed = true;
    try {
      leaseHeap();
      WebSocket opened =
          new WebSocket(
              dial.execute(), task -> engine.threads().helpers().execute(() -> guard(task)));
      if (life.open(opened)) {
        timers.opened(opened);
        events.opened();
        return;
      }
      opened.close();
      release();
    } catch (TunnelException e) {
      throw dialFailed(e);
    } catch (RuntimeException | Error e) {
      end(CloseCause.internalError(e));
      release();
      throw e;
    } finally {
      threads.leave();
    }
    throw new TunnelException(requireReason());
  }

  private void leaseHeap() throws TunnelException {
    boolean tls = settings.cloudUri().base().isHttps() || engine.transport().usesTlsToProxy();
    lease = HeapShare.SYSTEM.lease(tls);
    if (lease == null) {
      throw new TunnelException(gauges.reason(CloseCause.heapFull(HeapShare.SYSTEM, tls)));
    }
  }

  /** Runs a step of this tunnel on a thread that others share: a failure ends the tunnel alone. */
  void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      abort(CloseCause.internalError(e));
    }
  }

  /** Ends the dial, if it is still under way. Never waits. */
  void giveUpDial(Duration limit) {
    if (life.state() == State.DIALING) {
      end(CloseCause.givenUp(limit, dial.currentStep()));
    }
  }

  /** The failure is why, unless the tunnel had been ended while it was dialled. */
  private IOException dialFailed(TunnelException e) {
    boolean first = life.end(e.reason());
    release();
    // Dial itself closes nothing: its thread was interrupted.
    if (e.reason().kind() == Kind.LOCAL_CLOSED) {
      InterruptedIOException interrupted = new InterruptedIOException(e.getMessage());
      interrupted.initCause(e.getCause());
      return interrupted;
    }
    return first ? e : new TunnelException(requireReason());
  }

  /**
   * The next bytes from the service; waits for them. They belong to the caller until the next call.
   *
   * @return null when the tunnel has ended: {@link #reason} tells why
   * @throws SocketTimeoutException when nothing came until the deadline; the next call goes on
   */
  @Nullable ByteBuffer next(Deadline deadline) throws SocketTimeoutException {
    WebSocket socket = openSocket();
    if (!threads.enter()) {
      return null;
    }
    try {
      ByteBuffer payload = receive(socket, deadline);
      if (payload != null) {
        events.bytesReceived(payload.remaining());
      }
      return isOpen() ? payload : null;
    } catch (RuntimeException | Error e) {
      abort(CloseCause.internalError(e));
      throw e;
    } finally {
      threads.leave();
    }
  }

  private @Nullable ByteBuffer receive(WebSocket socket, Deadline deadline)
      throws SocketTimeoutException {
    payloadWatch.waiting();
    try {
      ByteBuffer payload = socket.next(deadline);
      payloadWatch.arrived();
      if (payload == null) {
        boolean inOrder = socket.closeCode() == CloseCode.NORMAL;
        String hint = inOrder ? hint(socket) : null;
        end(CloseCause.remoteClosed(socket.closeCode(), socket.closeReason(), hint));
      }
      return payload;
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (BareCloseException e) {
      if (settings.bareClose() == BareClose.END) {
        end(CloseCause.bareClose(hint(socket)));
      } else {
        abort(CloseCause.lost(e));
      }
    } catch (ProtocolViolationException e) {
      end(CloseCause.protocolError(e));
    } catch (IOException e) {
      abort(isInterrupt(e) ? CloseCause.interrupted("reading", e) : CloseCause.lost(e));
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
    boolean atOnce = life.openNanos() < AT_ONCE.toNanos();
    return atOnce && socket.received() == 0 && life.state() == State.OPEN
        ? CloseCause.nothingListens(settings.target())
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
    if (!threads.enter()) {
      throw new TunnelException(requireReason());
    }
    try {
      send(socket, buffer, offset, length);
      events.bytesSent(length);
    } catch (RuntimeException | Error e) {
      abort(CloseCause.internalError(e));
      throw e;
    } finally {
      threads.leave();
    }
  }

  private void send(WebSocket socket, byte[] buffer, int offset, int length)
      throws TunnelException {
    CloseReason why = life.reason();
    if (why == null) {
      try {
        payloadWatch.sending();
        socket.write(buffer, offset, length);
        payloadWatch.sent();
        return;
      } catch (IOException e) {
        if (isInterrupt(e)) {
          abort(CloseCause.interrupted("writing", e));
        }
        // Any other end is for the thread that reads to find: before it there may be bytes that
        // came, and a close frame that says more.
        CloseReason known = life.reason();
        why = known == null ? gauges.reason(CloseCause.lost(e)) : known;
      }
    }
    throw new TunnelException(why);
  }

  /**
   * Nothing more will be written. The protocol cannot say so to the service: what still comes is
   * delivered, until the service closes or has been silent for the half-close timeout.
   */
  void shutdownOutput() {
    if (life.drain()) {
      timers.draining(gauges::received);
      WebSocket socket = life.webSocket();
      if (socket != null && settings.timeouts().pings()) {
        socket.ping(); // Its answer says that all has arrived, should somebody ask at the end.
      }
    }
  }

  /**
   * The local client has left for good. Ends the dial; ends an open tunnel as soon as the cloud has
   * confirmed all bytes, which the ping of {@link #shutdownOutput} asks for. Never waits.
   */
  void clientLeft() {
    if (life.state() == State.DIALING) {
      end(CloseCause.clientLeftDial(dial.currentStep()));
    } else {
      timers.leaving(
          () -> !settings.timeouts().pings() || gauges.unacknowledged() == 0,
          CloseCause.clientLeft());
    }
  }

  /** Ends the tunnel and cuts the connection. Never waits; does nothing to one that has ended. */
  @Override
  public void abort(CloseCause ending) {
    if (end(ending)) {
      abort();
    }
  }

  /**
   * Ends the tunnel with a close frame. Never waits.
   *
   * @return false when it had ended before, and nothing was done
   */
  @Override
  public boolean end(CloseCause ending) {
    if (!life.end(gauges.reason(ending))) {
      return false;
    }
    WebSocket socket = life.webSocket();
    if (socket == null) {
      dial.cancel();
    } else {
      timers.closing(CLOSE_TIMEOUT, this::abort);
      socket.sendClose(ending.answer(), "");
    }
    return true;
  }

  /** Cuts the connection without a word, and frees whoever waits for it. */
  void abort() {
    WebSocket socket = life.webSocket();
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
      end(CloseCause.localClosed());
      awaitEnd();
    } finally {
      release();
    }
  }

  private void awaitEnd() {
    WebSocket socket = life.webSocket();
    if (socket != null && !life.isClosed()) {
      try {
        socket.awaitEnd();
      } catch (IOException | Error e) {
        // The reason is known, and after an error, such as a lack of memory, the socket is cut.
      }
    }
  }

  private void release() {
    WebSocket socket = life.webSocket();
    if (socket != null && !life.isClosed()) {
      socket.close();
    }
    life.close();
    timers.stop();
    HeapShare.Lease its = lease;
    if (its != null) {
      its.close();
    }
    threads.close();
  }

  /** On the last thread that leaves, so that nothing is told after it. */
  private void tellClosed() {
    if (dialed) {
      events.closed(requireReason());
    }
  }

  /**
   * Waits until everything is given back and told; false when the time was over. A thread that is
   * in a callback about this tunnel would wait for itself, and gets false at once.
   */
  boolean awaitClosed(long nanos) throws InterruptedException {
    return !events.isCalling() && threads.awaitDone(nanos);
  }

  /** Whether bytes are still delivered. */
  boolean isOpen() {
    return life.isOpen();
  }

  /** Why the tunnel ended; null while it has not. */
  @Nullable CloseReason reason() {
    return life.reason();
  }

  /** Why the tunnel ended, for those who know that it has. */
  CloseReason requireReason() {
    return life.requireReason();
  }

  /** How it is now. */
  ConnectionMetrics gauges() {
    return gauges;
  }

  private WebSocket openSocket() {
    WebSocket socket = life.webSocket();
    if (socket == null) {
      throw new IllegalStateException("the tunnel is not open yet");
    }
    return socket;
  }

  @Override
  public String toString() {
    return "Tunnel[" + settings.target() + ", " + life.state() + "]";
  }
}
