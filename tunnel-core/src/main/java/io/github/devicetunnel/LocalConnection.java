package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.Deadline;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.local.ClientWatch;
import io.github.devicetunnel.internal.local.Delivery;
import io.github.devicetunnel.internal.local.LateBytes;
import io.github.devicetunnel.internal.local.LocalSocket;
import io.github.devicetunnel.internal.net.ReadSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a local client and its tunnel, from the dial to the end of both.
 *
 * <p>Two threads serve a connection. The first thread dials, copies bytes from the service to the
 * local client, and finally closes both sides. The second thread copies bytes from the local client
 * to the service. There is no queue: each thread writes a buffer before it reads the next one.
 */
final class LocalConnection implements Connections.Connection {
  private static final Logger LOG = LoggerFactory.getLogger(LocalConnection.class);

  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** Maximum time for a client to close after it received the end of the stream. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final long number;
  private final LocalSocket local;
  private final SharedResources resources;
  private final Settings settings;
  private final Admission.Permit permit;
  private final Consumer<LocalConnection> onClosed;
  private final Tunnel tunnel;
  private final ClientWatch dialWatch;
  private final ClientWatch drainWatch;

  /** Reaches zero when no more bytes are read from the local client. */
  private final CountDownLatch upEnded = new CountDownLatch(1);

  private final LateBytes lateBytes;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private boolean reported; // used only by the thread of run()

  LocalConnection(
      LocalSocket local,
      SharedResources resources,
      Settings settings,
      Admission.Permit permit,
      ConnectionEvents events,
      Consumer<LocalConnection> onClosed) {
    this.number = events.connection().number();
    this.local = local;
    this.resources = resources;
    this.settings = settings;
    this.permit = permit;
    this.onClosed = onClosed;
    this.tunnel =
        new Tunnel(
            resources, settings, permit, events, settings.timeouts().halfClose(HALF_CLOSE_TIMEOUT));
    this.dialWatch = watch(false);
    this.drainWatch = watch(true);
    this.lateBytes = new LateBytes(resources.timers(), upEnded::countDown);
  }

  private ClientWatch watch(boolean readToEnd) {
    return new ClientWatch(
        resources.timers(), resources.threads().helpers(), local, readToEnd, tunnel::clientLeft);
  }

  void start() {
    resources.threads().start(threadName("down"), this::run);
  }

  private String threadName(String task) {
    return settings.name() + "-" + number + "-" + task + " " + settings.target();
  }

  private void run() {
    try {
      dial();
      LOG.debug("{} opened", this);
      resources.threads().start(threadName("up"), this::pumpUp);
      pumpDown();
      endLocalOutput();
      tunnel.close();
      awaitLocalEnd();
    } catch (IOException e) {
      reportAnd(local::reset);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      closeAll();
    }
  }

  private void dial() throws IOException {
    dialWatch.start(ClientWatch.MAX_INTERVAL_MILLIS);
    try {
      resources.threads().runApart(threadName("dial"), tunnel::open);
    } finally {
      dialWatch.stop();
    }
  }

  private void fail(Throwable e) {
    try {
      tunnel.fail(e);
    } finally {
      local.reset();
    }
    LOG.error("{} failed unexpectedly", this, e);
  }

  /**
   * Releases everything. Each step runs even if an earlier step fails, for example with an {@link
   * OutOfMemoryError}.
   */
  private void closeAll() {
    try {
      drainWatch.stop();
      closeLocal();
    } finally {
      try {
        tunnel.close();
        report(tunnel.requireReason());
        reportLateBytes();
      } finally {
        try {
          permit.close();
          onClosed.accept(this);
        } finally {
          closed.countDown();
        }
      }
    }
  }

  /** Copies bytes from the tunnel to the local client until either of them ends. */
  private void pumpDown() {
    try {
      OutputStream out = local.outputStream();
      ByteBuffer payload;
      while ((payload = tunnel.next(Deadline.NONE)) != null) {
        out.write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
      }
    } catch (IOException e) {
      localReset(e);
    }
  }

  private void pumpUp() {
    try {
      if (readToEnd()) {
        tunnel.shutdownOutput();
        if (tunnel.isOpen()) { // Often the service has already closed.
          drainWatch.start(ClientWatch.FIRST_CHECK_MILLIS);
        }
      }
    } catch (IOException e) {
      localReset(e);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      upEnded.countDown();
    }
  }

  /** Returns false if the tunnel ended before the output of the client. */
  private boolean readToEnd() throws IOException {
    InputStream in = local.inputStream();
    ReadSize size = new ReadSize();
    byte[] buffer = buffer(size);
    int count;
    while ((count = size.read(in, buffer, FrameWriter.HEADER_ROOM, size.bytes())) >= 0) {
      if (!send(buffer, count) && !lateBytes.add(count)) {
        return false;
      }
      if (buffer.length != FrameWriter.HEADER_ROOM + size.bytes()) {
        buffer = buffer(size);
      }
    }
    return true;
  }

  private static byte[] buffer(ReadSize size) {
    return new byte[FrameWriter.HEADER_ROOM + size.bytes()];
  }

  /** Returns false if the tunnel has ended; the other thread then closes the local connection. */
  private boolean send(byte[] buffer, int count) {
    try {
      if (tunnel.isOpen()) {
        tunnel.write(buffer, FrameWriter.HEADER_ROOM, count);
        return true;
      }
    } catch (TunnelException e) {
      // The thread that reads from the tunnel detects the same end after the last byte.
    }
    return false;
  }

  private void localReset(IOException e) {
    tunnel.endHere(CloseCause.localReset(e));
  }

  /** Ends the output to the local client after an orderly end; otherwise resets the connection. */
  private void endLocalOutput() {
    if (!tunnel.requireReason().isOrderly()) {
      reportAnd(this::resetAfterDelivery);
      return;
    }
    try {
      local.shutdownOutput();
    } catch (IOException e) {
      // The client has already closed its connection.
    }
  }

  private void resetAfterDelivery() {
    boolean clientReset = tunnel.requireReason().kind() == Kind.LOCAL_RESET;
    if (!clientReset && tunnel.metrics().received() > 0) {
      new Delivery(local, ended).await();
    }
    local.reset();
  }

  /**
   * Waits until the client has ended its output, at most two seconds. Closing a socket with unread
   * bytes sends a reset, which can overtake bytes that the client has not read; see
   * docs/rationale/ends.md.
   */
  private void awaitLocalEnd() {
    try {
      boolean unused = upEnded.await(LINGER.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (lateBytes.count() > 0) {
      resetAfterDelivery();
    }
  }

  private void closeLocal() {
    try {
      local.close();
    } catch (IOException e) {
      LOG.debug("{} local socket: {}", this, e.getMessage());
    }
  }

  /**
   * Logs the close reason before the reset, because a client that exits on the reset may also stop
   * this process. Resets the connection even if logging fails.
   */
  private void reportAnd(Runnable reset) {
    try {
      report(tunnel.requireReason());
    } finally {
      reset.run();
    }
  }

  /** Logs the close reason once. */
  private void report(CloseReason reason) {
    if (reported) {
      return;
    }
    reported = true;
    boolean localLeft = reason.endedBy() == EndedBy.LOCAL;
    if (localLeft || (reason.isOrderly() && reason.bytesDown() > 0)) {
      LOG.debug("{} ended: {}", this, reason.message());
    } else if (reason.isOrderly()) {
      LOG.info("{} ended: {}", this, reason.message());
    } else {
      LOG.warn("{} ended: {}", this, reason.message());
    }
  }

  private void reportLateBytes() {
    if (tunnel.requireReason().isOrderly() && lateBytes.count() > 0) {
      LOG.warn(
          "{}: discarded {} bytes that the local client sent after the service had closed",
          this,
          lateBytes.count());
    }
  }

  @Override
  public void end(CloseCause cause) {
    try {
      tunnel.end(cause);
    } finally {
      ended.complete(null);
      // Unblocks a thread that waits for the local client. Its bytes can no longer be delivered.
      local.reset();
    }
  }

  @Override
  public boolean awaitClosed(Deadline deadline) throws InterruptedException {
    return tunnel.awaitClosed(deadline) && closed.await(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
  }

  @Override
  public ConnectionStats stats() {
    return tunnel.metrics().stats();
  }

  @Override
  public String toString() {
    return "Connection " + number + " to " + settings.target();
  }
}
