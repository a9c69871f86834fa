package io.github.devicetunnel.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.java_websocket.WebSocket;
import org.java_websocket.exceptions.WebsocketNotConnectedException;

/**
 * One tunnel of a {@link JavaWebSocketCloud}. That library's threads serve all connections and must
 * not wait, and its send puts everything into a queue. So what comes up goes into a short queue of
 * our own, which stops the reading when it is long; and what goes down waits for theirs to be
 * empty.
 */
final class JavaWebSocketRelay {
  private static final int TOO_MUCH = 512 << 10;
  private static final ByteBuffer END = ByteBuffer.allocate(0);
  private static final int CONNECT_MILLIS = 5_000;
  private static final int LINGER_MILLIS = 2_000;
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final WebSocket webSocket;
  private final PausableChannel channel;
  private final InetSocketAddress target;
  private final Runnable nudge;
  private final Socket service = new Socket();
  private final BlockingQueue<ByteBuffer> up = new LinkedBlockingQueue<>();
  private final AtomicInteger upBytes = new AtomicInteger();

  /**
   * A relay that is not started yet.
   *
   * @param nudge reminds the library of its queue: it forgets it when one thread adds to it just
   *     while another finds it empty
   */
  JavaWebSocketRelay(
      WebSocket webSocket, PausableChannel channel, InetSocketAddress target, Runnable nudge) {
    this.webSocket = webSocket;
    this.channel = channel;
    this.target = target;
    this.nudge = nudge;
  }

  void start() {
    thread("test-jws-up", this::carryUp).start();
  }

  /** Takes a message. Never waits. */
  void fromClient(ByteBuffer message) {
    if (!message.hasRemaining()) {
      return; // That is what the end looks like.
    }
    up.add(message);
    if (upBytes.addAndGet(message.remaining()) > TOO_MUCH) {
      channel.pause();
    }
  }

  /** The websocket is closed. Never waits. */
  void clientEnded() {
    up.add(END);
  }

  private void carryUp() {
    try (service) {
      service.connect(target, CONNECT_MILLIS);
      service.setTcpNoDelay(true);
      InputStream in = service.getInputStream();
      OutputStream out = service.getOutputStream();
      thread("test-jws-down", () -> carryDown(in)).start();
      boolean serviceTakes = true;
      for (ByteBuffer message = up.take(); message.hasRemaining(); message = up.take()) {
        serviceTakes = serviceTakes && write(out, message);
        if (upBytes.addAndGet(-message.remaining()) < TOO_MUCH / 2) {
          channel.resume();
        }
      }
      service.shutdownOutput();
      awaitServiceEnd();
    } catch (IOException e) {
      // There was no service, or there is none any more.
      webSocket.close(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False when the service takes no more. The thread that reads from it finds out why. */
  private static boolean write(OutputStream out, ByteBuffer message) {
    try {
      int offset = message.arrayOffset() + message.position();
      out.write(message.array(), offset, message.remaining());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The other thread closes the socket when the service has ended. */
  private void awaitServiceEnd() {
    boolean unused = Await.within(Duration.ofMillis(LINGER_MILLIS), service::isClosed);
  }

  private void carryDown(InputStream in) {
    byte[] buffer = new byte[64 << 10];
    try (service) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        webSocket.send(Arrays.copyOf(buffer, count));
        awaitSent();
      }
      webSocket.close(1000);
    } catch (WebsocketNotConnectedException e) {
      // The client is gone.
    } catch (IOException e) {
      webSocket.close(1011, "the service reset the connection");
    }
  }

  private void awaitSent() {
    long pause = SHORTEST_PAUSE_NANOS;
    while (webSocket.hasBufferedData() && webSocket.isOpen()) {
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
      if (pause == LONGEST_PAUSE_NANOS) {
        nudge.run();
      }
    }
  }

  private Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name + "-" + target.getPort());
    thread.setDaemon(true);
    return thread;
  }
}
