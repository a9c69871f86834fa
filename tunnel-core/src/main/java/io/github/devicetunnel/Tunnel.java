package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.concurrent.InFlightGate;
import io.github.devicetunnel.internal.frames.BareCloseException;
import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.ProtocolViolationException;
import io.github.devicetunnel.internal.frames.WebSocket;
import io.github.devicetunnel.internal.net.HeapShare;
import io.github.devicetunnel.internal.net.UpgradedSocket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection through the cloud, from the dial to its end. Combines the websocket, the timers, the
 * events and {@link TunnelLife}.
 *
 * <p>Threads: one thread reads with {@link #next}, another writes with {@link #write} and {@link
 * #shutdownOutput}. The reading thread calls {@link #close}; any thread may do so if no thread
 * reads. {@link #end} and {@link #abort} may be called from any thread and do not block.
 */
final class Tunnel implements TunnelTimers.Verdict {
  /** Timeout for the answer to a close frame. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Limits the close handshake if no timer could be started. Exceeds its timeout. */
  private static final Duration MAX_CLOSE_TIME = Duration.ofMillis(2_500);

  /** The close reason if there is no memory for another one, and therefore created in advance. */
  private static final CloseReason UNRECORDED =
      CloseCause.internalError(new OutOfMemoryError("no memory to record the failure; raise -Xmx"))
          .reason(0, 0, System.nanoTime());

  /** If a tunnel ends this soon without a byte, probably no service listens on the address. */
  private static final Duration IMMEDIATE_CLOSE = Duration.ofSeconds(1);

  private final SharedResources resources;
  private final Settings settings;
  private final Admission.Permit permit;
  private final ConnectionEvents events;
  private final Dial dial;
  private final PayloadWatch payloadWatch = new PayloadWatch(System::nanoTime);
  private final InFlightGate threads = new InFlightGate(this::emitClosed);

  private final RatePacer upPacer;
  private final RatePacer downPacer;
  private final TunnelLife life = new TunnelLife(System::nanoTime);
  private final ConnectionMetrics metrics;
  private final TunnelTimers timers;

  // Written by the thread that dials.
  private volatile boolean dialed;
  private volatile HeapShare.@Nullable Lease lease;

  /**
   * Creates a tunnel that is not open yet.
   *
   * @param permit {@link #open} waits for its admission
   */
  Tunnel(
      SharedResources resources,
      Settings settings,
      Admission.Permit permit,
      ConnectionEvents events,
      Duration halfCloseTimeout) {
    this.resources = resources;
    this.settings = settings;
    this.permit = permit;
    this.events = events;
    this.metrics = new ConnectionMetrics(events.connection(), life);
    this.upPacer = new RatePacer(resources.rateLimits(true, settings.rateLimit()));
    this.downPacer = new RatePacer(resources.rateLimits(false, settings.rateLimit()));
    this.dial = new Dial(resources, settings, events, metrics.startedAt());
    this.timers =
        new TunnelTimers(
            resources.timers(), settings.timeouts(), halfCloseTimeout, payloadWatch, this);
  }

  /**
   * Dials on the calling thread.
   *
   * @throws TunnelException if the tunnel cannot be opened or was closed during the dial
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   */
  void open() throws IOException {
    if (!threads.enter()) {
      throw new TunnelException(requireReason());
    }
    dialed = true;
    try {
      awaitAdmission();
      leaseHeap();
      WebSocket opened = webSocket(dial.execute());
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
      try {
        fail(e);
      } finally {
        release();
      }
      throw e;
    } finally {
      threads.leave();
    }
    throw new TunnelException(requireReason());
  }

  private WebSocket webSocket(UpgradedSocket granted) {
    boolean done = false;
    try {
      WebSocket webSocket =
          new WebSocket(granted, task -> resources.threads().helpers().execute(() -> guard(task)));
      done = true;
      return webSocket;
    } finally {
      if (!done) {
        granted.abort();
        granted.close();
      }
    }
  }

  /** See {@link StreamLife#countAsDialed}. */
  void countAsDialed() {
    dialed = true;
  }

  /** Waits while the client has reached its limit of connections, at most the connect timeout. */
  private void awaitAdmission() throws TunnelException {
    Duration limit = settings.timeouts().connectTimeout();
    CloseCause cause;
    try {
      if (permit.await(TimeUnit.NANOSECONDS.convert(limit))) {
        return;
      }
      cause = CloseCause.noConnectionFree(limit, permit.limit());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      cause = CloseCause.interrupted("waiting for another connection to end", interrupted);
    }
    throw new TunnelException(metrics.reason(cause));
  }

  private void leaseHeap() throws TunnelException {
    boolean tls = settings.cloudUri().base().isHttps() || resources.transport().usesTlsToProxy();
    lease = HeapShare.SYSTEM.lease(tls);
    if (lease == null) {
      throw new TunnelException(metrics.reason(CloseCause.heapFull(HeapShare.SYSTEM, tls)));
    }
  }

  /**
   * Runs a step of this tunnel on a shared thread. An unchecked exception or error aborts only this
   * tunnel.
   */
  void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /**
   * Ends the tunnel if its dial is still in progress. Does not block.
   *
   * @param limit the timeout that has passed, for the message
   */
  void endDial(Duration limit) {
    if (life.state() == State.DIALING) {
      end(CloseCause.timedOut(limit, dial.currentStep()));
    }
  }

  /**
   * Returns the exception for a failed dial. If the tunnel was closed during the dial, the reason
   * of that close takes precedence.
   */
  private IOException dialFailed(TunnelException e) {
    boolean first = life.end(e.reason());
    release();
    // A dial reports LOCAL_CLOSED only if its thread was interrupted.
    if (e.reason().kind() == Kind.LOCAL_CLOSED) {
      InterruptedIOException interrupted = new InterruptedIOException(e.getMessage());
      interrupted.initCause(e.getCause());
      return interrupted;
    }
    return first ? e : new TunnelException(requireReason());
  }

  /**
   * Returns the next bytes from the service, and waits for them if necessary. The buffer is valid
   * until the next call.
   *
   * @return null if the tunnel has ended; see {@link #reason}
   * @throws SocketTimeoutException if the deadline passes first; the next call continues
   */
  @Nullable ByteBuffer next(Deadline deadline) throws SocketTimeoutException {
    WebSocket socket = openSocket();
    if (!threads.enter()) {
      return null;
    }
    try {
      if (!downPacer.awaitTurn(deadline)) {
        throw new SocketTimeoutException();
      }
      ByteBuffer payload = receive(socket, deadline);
      if (payload != null) {
        downPacer.transferred(payload.remaining());
        events.bytesReceived(payload.remaining());
      }
      return isOpen() ? payload : null;
    } catch (RuntimeException | Error e) {
      fail(e);
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
        endHere(CloseCause.remoteClosed(socket.closeCode(), socket.closeReason(), hint));
      }
      return payload;
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (BareCloseException e) {
      if (settings.bareClose() == BareClose.END) {
        endHere(CloseCause.bareClose(hint(socket)));
      } else {
        abortHere(CloseCause.lost(e));
      }
    } catch (ProtocolViolationException e) {
      endHere(CloseCause.protocolError(e));
    } catch (IOException e) {
      abortHere(isInterrupt(e) ? CloseCause.interrupted("reading", e) : CloseCause.lost(e));
    } finally {
      payloadWatch.notWaiting();
    }
    return null;
  }

  /**
   * Returns whether the JDK closed the socket because it interrupted a virtual thread that was
   * using it.
   */
  private static boolean isInterrupt(IOException e) {
    return Thread.currentThread().isInterrupted() && "Closed by interrupt".equals(e.getMessage());
  }

  private @Nullable String hint(WebSocket socket) {
    boolean immediate = life.openNanos() < IMMEDIATE_CLOSE.toNanos();
    return immediate && socket.received() == 0 && life.state() == State.OPEN
        ? CloseCause.notListeningHint(settings.target())
        : null;
  }

  /**
   * Sends bytes to the service as one frame, or with a rate limit as several. Returns when the
   * socket has accepted them.
   *
   * @param buffer must have {@link FrameWriter#HEADER_ROOM} bytes before {@code offset}; those and
   *     the payload are overwritten
   * @throws TunnelException if the tunnel has ended, or the socket accepts no more bytes
   */
  void write(byte[] buffer, int offset, int length) throws TunnelException {
    WebSocket socket = openSocket();
    if (!threads.enter()) {
      throw new TunnelException(requireReason());
    }
    try {
      int end = offset + length;
      int size;
      for (int from = offset; from < end; from += size) {
        size = Math.min(end - from, upPacer.pieceSize());
        payloadWatch.sending(); // a wait for the rate limit is not idle
        upPacer.awaitTurn(Deadline.NONE);
        send(socket, buffer, from, size); // overwrites bytes that were sent before
        upPacer.transferred(size);
        events.bytesSent(size);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
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
          abortHere(CloseCause.interrupted("writing", e));
        }
        // Other failures do not end the tunnel, because a reply and a close frame may still be
        // unread: docs/rationale/data-path.md.
        CloseReason known = life.reason();
        why = known == null ? metrics.reason(CloseCause.lost(e)) : known;
      }
    }
    throw new TunnelException(why);
  }

  /**
   * Half-closes the tunnel. The protocol cannot report this to the service. Incoming bytes are
   * delivered until the service closes the connection, or sends nothing for the half-close timeout.
   */
  void shutdownOutput() {
    if (life.drain()) {
      timers.draining(metrics::received);
      WebSocket socket = life.webSocket();
      if (socket != null && settings.timeouts().pings()) {
        socket.pingHere(); // its pong confirms all sent bytes
      }
    }
  }

  /**
   * Called when the local client has closed its connection. Cancels a dial. Closes an open tunnel
   * as soon as the cloud has confirmed all bytes, which the ping of {@link #shutdownOutput}
   * requests. Does not block.
   */
  void clientLeft() {
    if (life.state() == State.DIALING) {
      end(CloseCause.clientLeftDial(dial.currentStep()));
    } else {
      timers.leaving(
          () -> !settings.timeouts().pings() || metrics.unacknowledged() == 0,
          CloseCause.clientLeft());
    }
  }

  /**
   * Ends the tunnel and aborts its connection without a close handshake, on another thread: the
   * timer thread runs no code of sockets. Does not block. Has no effect if the tunnel has ended.
   */
  @Override
  public void abort(CloseCause cause) {
    if (beginEnd(metrics.reason(cause))) {
      abortSoon();
    }
  }

  private void abortHere(CloseCause cause) {
    if (beginEnd(metrics.reason(cause))) {
      abort();
    }
  }

  /**
   * Ends the tunnel after an unexpected failure, and aborts its connection even if there is no
   * memory to record the failure or if the tunnel has ended. Does not block.
   */
  @Override
  public void fail(Throwable unexpected) {
    try {
      boolean unused = beginEnd(metrics.reason(CloseCause.internalError(unexpected)));
    } finally {
      boolean unused = beginEnd(UNRECORDED);
      abort();
    }
  }

  /**
   * Ends the tunnel with a close frame, which a helper thread writes. Does not block.
   *
   * @return false if the tunnel had already ended
   */
  @Override
  public boolean end(CloseCause cause) {
    return end(cause, WebSocket::sendClose);
  }

  /**
   * Like {@link #end}, but may write the close frame on the calling thread, which must be one of
   * this connection.
   */
  boolean endHere(CloseCause cause) {
    return end(cause, WebSocket::sendCloseHere);
  }

  /** Sends a close frame through a websocket. */
  private interface Closing {
    void send(WebSocket socket, int code, String reason);
  }

  private boolean end(CloseCause cause, Closing closing) {
    if (!beginEnd(metrics.reason(cause))) {
      return false;
    }
    WebSocket socket = life.webSocket();
    if (socket == null) {
      cancelDial();
      return true;
    }
    boolean isBounded = false;
    try {
      timers.closing(CLOSE_TIMEOUT, this::abortSoon);
      closing.send(socket, cause.answer(), "");
      isBounded = true;
    } finally {
      if (!isBounded) {
        abort(); // without memory for a timer, nothing would limit the close handshake
      }
    }
    return true;
  }

  private boolean beginEnd(CloseReason reason) {
    if (!life.end(reason)) {
      return false;
    }
    upPacer.end();
    downPacer.end();
    return true;
  }

  /** Aborts on another thread, or here if there is no memory for that. */
  private void abortSoon() {
    boolean isDue = false;
    try {
      resources.cancellations().execute(this::abort);
      isDue = true;
    } finally {
      if (!isDue) {
        abort();
      }
    }
  }

  /** Aborts the connection without a close frame, or cancels the dial. Releases blocked threads. */
  void abort() {
    WebSocket socket = life.webSocket();
    if (socket != null) {
      socket.abort();
    } else {
      cancelDial();
    }
  }

  private void cancelDial() {
    permit.withdraw();
    dial.cancel();
  }

  /**
   * Releases all resources. Ends the tunnel if necessary, waits up to two seconds for the rest of
   * the close handshake, and closes the socket.
   */
  void close() {
    try {
      boolean unused = endHere(CloseCause.localClosed());
      awaitEnd();
    } finally {
      release();
    }
  }

  private void awaitEnd() {
    WebSocket socket = life.webSocket();
    if (socket != null && !life.isClosed()) {
      try {
        socket.awaitEnd(Deadline.in(MAX_CLOSE_TIME));
      } catch (SocketTimeoutException e) {
        socket.abort();
      } catch (IOException | Error e) {
        // The close reason is already known. release() closes the socket in any case.
      }
    }
  }

  /** Releases all resources. Each step is made even if an earlier one fails. */
  private void release() {
    WebSocket socket = life.webSocket();
    try {
      if (socket != null && !life.isClosed()) {
        socket.close();
      }
    } finally {
      boolean unused = life.end(UNRECORDED);
      life.close();
      try {
        timers.stop();
      } finally {
        HeapShare.Lease current = lease;
        if (current != null) {
          current.close();
        }
        threads.close();
      }
    }
  }

  /** Emits {@code closed} on the last thread that leaves the tunnel, so that no event follows. */
  private void emitClosed() {
    // A writer may have been counting its bytes when another thread ended the tunnel.
    CloseReason counted = metrics.counted(requireReason());
    life.complete(counted);
    if (dialed) {
      events.closed(counted);
    }
  }

  /**
   * Waits until all resources are released and {@code closed} was emitted. Returns false if the
   * time passes first. Returns false immediately on a thread that is in a callback about this
   * tunnel, which would wait for itself.
   */
  boolean awaitClosed(Deadline deadline) throws InterruptedException {
    return !events.isCalling() && threads.awaitDone(deadline.nanosLeft());
  }

  /** Returns whether bytes are still delivered. */
  boolean isOpen() {
    return life.isOpen();
  }

  /** Returns the close reason, or null if the tunnel has not ended. */
  @Nullable CloseReason reason() {
    return life.reason();
  }

  /** Returns the close reason of a tunnel that has ended. */
  CloseReason requireReason() {
    return life.requireReason();
  }

  Dial dial() {
    return dial;
  }

  /** Returns the current metrics. */
  ConnectionMetrics metrics() {
    return metrics;
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
