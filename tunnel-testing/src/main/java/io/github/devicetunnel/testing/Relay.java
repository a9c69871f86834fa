package io.github.devicetunnel.testing;

import io.github.devicetunnel.internal.frames.CloseCode;
import io.github.devicetunnel.internal.frames.FrameWriter;
import io.github.devicetunnel.internal.frames.ProtocolViolationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one tunnel between a client and a service, like a gateway. The end of either direction
 * closes both, after the bytes before it are written.
 *
 * <p>The calling thread pumps bytes up, and another thread pumps bytes down. There is no queue
 * between the ends, so a blocked write also stops reading.
 */
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** Maximum time for a service to close its end after the output has ended. */
  private static final Duration SERVICE_CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private static final int MIN_BUFFER = 8 << 10;
  private static final int MAX_BUFFER = 64 << 10;

  private final TunnelName name;
  private final ClientEnd client;
  private final ServiceEnd service;
  private final InputStream fromService;
  private final OutputStream toService;
  private final Duration pingInterval;
  private final Workers workers;

  private volatile boolean clientEnded;
  private volatile boolean serviceReset;

  /**
   * Creates a relay between two ends.
   *
   * @param pings the interval of pings to the client; zero for no pings
   */
  Relay(TunnelName name, ClientEnd client, ServiceEnd service, Duration pings, Workers workers) {
    this.name = name;
    this.client = client;
    this.service = service;
    this.fromService = service.input();
    this.toService = service.output();
    this.pingInterval = pings;
    this.workers = workers;
  }

  /**
   * Carries the tunnel until the client side has ended. The remaining work of the service side is
   * bounded in time.
   *
   * @return how the client ended the tunnel without a clean close; null after a clean close
   */
  @Nullable String run() {
    Future<?> pings = null;
    try {
      workers.run(name.threadName("down"), this::pumpDown);
      if (!pingInterval.isZero()) {
        pings = workers.repeat(client::ping, pingInterval);
      }
      return pumpUp();
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: the tunnelling service is being closed", name);
      client.abort();
      return null;
    } finally {
      if (pings != null) {
        pings.cancel(false);
      }
      endService();
    }
  }

  private @Nullable String pumpUp() {
    try {
      boolean serviceAccepts = true;
      ByteBuffer payload = client.next();
      while (payload != null) {
        serviceAccepts = serviceAccepts && write(payload);
        payload = client.next();
      }
      LOG.debug("{}: the client closed with {}", name, client.closeCode());
      endService();
      client.answerClose();
      return null;
    } catch (ProtocolViolationException e) {
      LOG.debug("{}: {}", name, e.getMessage());
      // Close with the error first: the end of the service would be reported as a clean close.
      client.closeWithError(CloseCode.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
      return "violated the websocket protocol: " + e.getMessage();
    } catch (IOException e) {
      LOG.debug("{}: the client has disconnected: {}", name, e.getMessage());
      boolean wasClosed = client.closeSent();
      client.abort();
      return wasClosed ? "did not answer the close frame" : "disconnected without a close frame";
    }
  }

  /**
   * Writes to the service. Returns false if the service accepts no more bytes; the thread that
   * reads from the service detects the reason.
   */
  private boolean write(ByteBuffer payload) {
    try {
      int offset = payload.arrayOffset() + payload.position();
      toService.write(payload.array(), offset, payload.remaining());
      return true;
    } catch (IOException e) {
      // The system reports a reset only once, to the first caller.
      if (String.valueOf(e.getMessage()).contains("reset")) {
        serviceReset = true;
      }
      return false;
    }
  }

  private void pumpDown() {
    byte[] buffer = new byte[FrameWriter.HEADER_ROOM + MIN_BUFFER];
    int count = read(buffer);
    try {
      while (count >= 0 && !clientEnded) {
        client.send(buffer, FrameWriter.HEADER_ROOM, count);
        buffer = grown(buffer, count);
        count = read(buffer);
      }
    } catch (IOException e) {
      // The client has gone or closed; the thread that reads from it distinguishes the two.
    }
    // Bytes that the service sends to a client that has gone now cause a reset, as intended.
    service.close();
    if (count < 0 && serviceReset) {
      client.close(CloseCode.INTERNAL_ERROR, "the service reset the connection");
    } else if (count < 0) {
      client.close(CloseCode.NORMAL, "");
    }
  }

  /** Returns the number of bytes read, or -1 at the end of the stream or after a failure. */
  private int read(byte[] buffer) {
    try {
      int room = buffer.length - FrameWriter.HEADER_ROOM;
      return fromService.read(buffer, FrameWriter.HEADER_ROOM, room);
    } catch (IOException e) {
      serviceReset = true;
      return -1;
    }
  }

  private static byte[] grown(byte[] buffer, int count) {
    int size = buffer.length - FrameWriter.HEADER_ROOM;
    return count == size && size < MAX_BUFFER
        ? new byte[FrameWriter.HEADER_ROOM + Math.min(size * 4, MAX_BUFFER)]
        : buffer;
  }

  /**
   * Ends the output to the service, and closes the service after two seconds unless it closes
   * first.
   */
  private void endService() {
    clientEnded = true;
    if (service.isOutputEnded()) {
      return;
    }
    try {
      service.endOutput();
      ServiceEnd end = service; // The timer references only the service end.
      var unused = workers.schedule(end::close, SERVICE_CLOSE_TIMEOUT);
    } catch (IOException | RejectedExecutionException e) {
      service.close();
    }
  }
}
