package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.websocket.Deadline;
import io.github.devicetunnel.websocket.FrameWriter;
import io.github.devicetunnel.websocket.ReadSize;
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

  /**
   * A client that got the end of the stream may take so long, from byte to byte, to end its own.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final int LINGER_ROUNDS = 10;

  private final long number;
  private final LocalEnd local;
  private final Engine engine;
  private final Settings settings;
  private final Consumer<LocalConnection> onClosed;
  private final Tunnel tunnel;
  private final CountDownLatch upEnded = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  // Written by the thread that carries up.
  private volatile long discardedAt;

  LocalConnection(
      LocalEnd local,
      Engine engine,
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
  }

  void start() {
    engine.threads().start("tunnel-" + number + "-down " + settings.target(), this::run);
  }

  private void run() {
    try {
      engine.threads().runApart("tunnel-" + number + "-dial " + settings.target(), tunnel::open);
      LOG.debug("{} opened", this);
      engine.threads().start("tunnel-" + number + "-up " + settings.target(), this::carryUp);
      carryDown();
      endLocalOutput();
      tunnel.close();
      awaitLocalEnd();
    } catch (IOException e) {
      local.reset();
    } catch (RuntimeException | Error e) {
      LOG.error("{} failed unexpectedly", this, e);
      tunnel.abort(Ending.internalError(e));
      local.reset();
    } finally {
      closeAll();
    }
  }

  /** One step's failure, be it for want of memory, does not keep the next from being taken. */
  private void closeAll() {
    try {
      closeLocal();
    } finally {
      try {
        tunnel.close();
        report(tunnel.knownReason());
      } finally {
        onClosed.accept(this);
        closed.countDown();
      }
    }
  }

  /** Until the tunnel or the local client ends. */
  private void carryDown() {
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

  private void carryUp() {
    try {
      InputStream in = local.inputStream();
      ReadSize size = new ReadSize();
      byte[] buffer = buffer(size);
      int count;
      while ((count = size.read(in, buffer, FrameWriter.HEADER_ROOM, size.bytes())) >= 0) {
        if (tunnel.isOpen()) {
          send(buffer, count);
        } else {
          // Reading on until the client's end lets it have our end of the stream, not a reset.
          discardedAt = System.nanoTime();
        }
        if (buffer.length != FrameWriter.HEADER_ROOM + size.bytes()) {
          buffer = buffer(size);
        }
      }
      tunnel.shutdownOutput();
    } catch (IOException e) {
      localReset(e);
    } finally {
      upEnded.countDown();
    }
  }

  private static byte[] buffer(ReadSize size) {
    return new byte[FrameWriter.HEADER_ROOM + size.bytes()];
  }

  private void send(byte[] buffer, int count) {
    try {
      tunnel.write(buffer, FrameWriter.HEADER_ROOM, count);
    } catch (TunnelException e) {
      // The other thread has learnt the same, and ends the local connection accordingly.
      discardedAt = System.nanoTime();
    }
  }

  private void localReset(IOException e) {
    tunnel.end(Ending.localReset(e));
  }

  /** A stream that ended in order ends so for the local client; any other is seen to be cut. */
  private void endLocalOutput() {
    if (!tunnel.knownReason().isOrderly()) {
      local.reset();
      return;
    }
    try {
      local.shutdownOutput();
    } catch (IOException e) {
      // The client has gone, which is what it was about to be told.
    }
  }

  /**
   * Waits for the client's own end after ours. Closing with bytes unread would send a reset, and a
   * reset can overtake what the client has not read yet.
   */
  private void awaitLocalEnd() {
    try {
      long before;
      int rounds = 0;
      do {
        before = discardedAt;
        if (upEnded.await(LINGER.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      } while (discardedAt != before && ++rounds < LINGER_ROUNDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeLocal() {
    try {
      local.close();
    } catch (IOException e) {
      LOG.debug("{} local socket: {}", this, e.getMessage());
    }
  }

  private void report(CloseReason reason) {
    boolean localLeft = reason.endedBy() == EndedBy.LOCAL;
    if (localLeft || (reason.isOrderly() && reason.bytesDown() > 0)) {
      LOG.debug("{} ended: {}", this, reason.message());
    } else if (reason.isOrderly()) {
      LOG.info("{} ended: {}", this, reason.message());
    } else {
      LOG.warn("{} ended: {}", this, reason.message());
    }
  }

  @Override
  public void cut() {
    tunnel.end(Ending.shutdown());
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
