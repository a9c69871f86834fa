package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local connection and its tunnel, from the dial to the end of both.
 *
 * <p>Two threads: one dials, then carries down what comes from the service, and at the end, however
 * it came, closes everything. The other carries up what the local client sends. Between them is
 * nothing but the tunnel: each writes to one end before it reads from the other again.
 */
final class LocalConnection implements Connections.Connection {
  private static final Logger LOG = LoggerFactory.getLogger(LocalConnection.class);

  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** How long a client that got the end of the stream may take to end its own. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final long number;
  private final LocalSocket local;
  private final SharedResources engine;
  private final Settings settings;
  private final Consumer<LocalConnection> onClosed;
  private final Tunnel tunnel;
  private final ClientWatch dialWatch;
  private final ClientWatch drainWatch;

  /** Counted down when nothing more is read from the local client. */
  private final CountDownLatch upEnded = new CountDownLatch(1);

  private final LateBytes lateBytes;
  private final CountDownLatch cut = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private boolean reported; // used by the thread that carries down

  LocalConnection(
      LocalSocket local,
      SharedResources engine,
      Settings settings,
      ConnectionEvents events,
      Consumer<LocalConnection> onClosed) {
    this.number = events.connection().number();
    this.local = local;
    this.engine = engine;
    this.settings = settings;
    this.onClosed = onClosed;
    this.tunnel =
        new Tunnel(engine, settings, events, settings.timeouts().halfClose(HALF_CLOSE_TIMEOUT));
    this.dialWatch = new ClientWatch(engine.timers(), local, false, tunnel::clientLeft);
    this.drainWatch = new ClientWatch(engine.timers(), local, true, tunnel::clientLeft);
    this.lateBytes = new LateBytes(engine.timers(), upEnded::countDown);
  }

  void start() {
    engine.threads().start("tunnel-" + number + "-down " + settings.target(), this::run);
  }

  private void run() {
    try {
      dial();
      LOG.debug("{} opened", this);
      engine.threads().start("tunnel-" + number + "-up " + settings.target(), this::pumpUp);
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
      engine.threads().runApart("tunnel-" + number + "-dial " + settings.target(), tunnel::open);
    } finally {
      dialWatch.stop();
    }
  }

  private void fail(Throwable e) {
    try {
      tunnel.abort(CloseCause.internalError(e));
    } finally {
      local.reset();
    }
    LOG.error("{} failed unexpectedly", this, e);
  }

  /** One step's failure, be it for want of memory, does not keep the next from being taken. */
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
        onClosed.accept(this);
        closed.countDown();
      }
    }
  }

  /** Until the tunnel or the local client ends. */
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
        if (tunnel.isOpen()) { // Often the service has closed first.
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

  /** Returns false when it stopped before the client's end, because the tunnel had ended. */
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

  /** Returns false when the tunnel has ended; the other thread ends the local connection. */
  private boolean send(byte[] buffer, int count) {
    try {
      if (tunnel.isOpen()) {
        tunnel.write(buffer, FrameWriter.HEADER_ROOM, count);
        return true;
      }
    } catch (TunnelException e) {
      // The thread that reads from the tunnel finds the same end, after the last byte.
    }
    return false;
  }

  private void localReset(IOException e) {
    tunnel.end(CloseCause.localReset(e));
  }

  /** An orderly end becomes the end of the stream, any other one a reset after the last byte. */
  private void endLocalOutput() {
    if (!tunnel.requireReason().isOrderly()) {
      reportAnd(this::resetAfterDelivery);
      return;
    }
    try {
      local.shutdownOutput();
    } catch (IOException e) {
      // The client has gone, which is what it was about to be told.
    }
  }

  private void resetAfterDelivery() {
    boolean clientReset = tunnel.requireReason().kind() == Kind.LOCAL_RESET;
    if (!clientReset && tunnel.gauges().received() > 0) {
      new Delivery(local, cut).await();
    }
    local.reset();
  }

  /**
   * Waits for the client's own end after ours. Closing with bytes unread would send a reset, and a
   * reset can overtake what the client has not read yet.
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
   * Logs a failure before the local client sees it: a program may end on it, and this process with
   * the program. A log that fails does not keep it from the client.
   */
  private void reportAnd(Runnable reset) {
    try {
      report(tunnel.requireReason());
    } finally {
      reset.run();
    }
  }

  /** Logs the end once. */
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
          "{}: {} bytes came from the local client after the service had closed, and were discarded",
          this,
          lateBytes.count());
    }
  }

  @Override
  public void cut() {
    tunnel.end(CloseCause.shutdown());
    cut.countDown();
    // Frees a thread that waits for a local client; the bytes it holds have nowhere to go.
    local.reset();
  }

  @Override
  public boolean awaitClosed(long nanos) throws InterruptedException {
    return tunnel.awaitClosed(nanos) && closed.await(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public ConnectionStats stats() {
    return tunnel.gauges().stats();
  }

  @Override
  public String toString() {
    return "Connection " + number + " to " + settings.target();
  }
}
