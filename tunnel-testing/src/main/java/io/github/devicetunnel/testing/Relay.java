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
 * Carries one tunnel between a client and a service, like a gateway: the first end in either
 * direction closes both, after what came before it has been written.
 *
 * <p>Two threads: the one that runs it carries up, a second one carries down. Between them is no
 * queue: who cannot write does not read.
 */
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** For a service to close its end when ours has ended. */
  private static final Duration SERVICE_TIME = Duration.ofSeconds(2);

  private static final int SMALLEST_BUFFER = 8 << 10;
  private static final int LARGEST_BUFFER = 64 << 10;

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
   * Joins two ends.
   *
   * @param pings how often the client is pinged; zero for never
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
   * Returns when the client's side is over. What the service's side still has to do is bounded.
   *
   * @return what the client did in place of a close in order; null when it did close so
   */
  @Nullable String run() {
    Future<?> pings = null;
    try {
      workers.run(name.thread("down"), this::carryDown);
      if (!pingInterval.isZero()) {
        pings = workers.repeat(client::ping, pingInterval);
      }
      return carryUp();
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: the tunnelling service is being closed", name);
      client.cut();
      return null;
    } finally {
      if (pings != null) {
        pings.cancel(false);
      }
      endService();
    }
  }

  private @Nullable String carryUp() {
    try {
      boolean serviceTakes = true;
      ByteBuffer payload = client.next();
      while (payload != null) {
        serviceTakes = serviceTakes && write(payload);
        payload = client.next();
      }
      LOG.debug("{}: the client closed with {}", name, client.closeCode());
      endService();
      client.answerClose();
      return null;
    } catch (ProtocolViolationException e) {
      LOG.debug("{}: {}", name, e.getMessage());
      // Before the service ends: its own end would be told as an orderly one.
      client.reject(CloseCode.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
      return "broke a rule of the websocket protocol: " + e.getMessage();
    } catch (IOException e) {
      LOG.debug("{}: the client is gone: {}", name, e.getMessage());
      boolean wasClosed = client.closeSent();
      client.cut();
      return wasClosed ? "did not answer the close frame" : "left without a close frame";
    }
  }

  /** False when the service takes no more. The thread that reads from it finds out why. */
  private boolean write(ByteBuffer payload) {
    try {
      int offset = payload.arrayOffset() + payload.position();
      toService.write(payload.array(), offset, payload.remaining());
      return true;
    } catch (IOException e) {
      // The system tells of a reset only once, to whoever asks first.
      if (String.valueOf(e.getMessage()).contains("reset")) {
        serviceReset = true;
      }
      return false;
    }
  }

  private void carryDown() {
    byte[] buffer = new byte[FrameWriter.HEADER_ROOM + SMALLEST_BUFFER];
    int count = read(buffer);
    try {
      while (count >= 0 && !clientEnded) {
        client.send(buffer, FrameWriter.HEADER_ROOM, count);
        buffer = grown(buffer, count);
        count = read(buffer);
      }
    } catch (IOException e) {
      // The client is gone or has closed. The thread that reads from it knows which.
    }
    // What the service sends to a client that is gone makes this a reset, as it should be.
    service.close();
    if (count < 0 && serviceReset) {
      client.close(CloseCode.INTERNAL_ERROR, "the service reset the connection");
    } else if (count < 0) {
      client.close(CloseCode.NORMAL, "");
    }
  }

  /** How many bytes came; less than zero at the end, however it came. */
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
    return count == size && size < LARGEST_BUFFER
        ? new byte[FrameWriter.HEADER_ROOM + Math.min(size * 4, LARGEST_BUFFER)]
        : buffer;
  }

  /** Tells the service that nothing more comes, and closes if it does not within two seconds. */
  private void endService() {
    clientEnded = true;
    if (service.isOutputEnded()) {
      return;
    }
    try {
      service.endOutput();
      ServiceEnd end = service; // All that the timer holds on to.
      var unused = workers.schedule(end::close, SERVICE_TIME);
    } catch (IOException | RejectedExecutionException e) {
      service.close();
    }
  }
}
