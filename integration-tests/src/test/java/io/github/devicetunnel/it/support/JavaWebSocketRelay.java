package io.github.devicetunnel.it.support;

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
 * One tunnel of a {@link JavaWebSocketCloud}. The threads of Java-WebSocket serve all connections
 * and must not block, and its send method queues without a limit. Bytes from the client therefore
 * go into a bounded queue of this class, which pauses reading when it is full. Bytes from the
 * service wait until the queue of the library is empty.
 */
final class JavaWebSocketRelay {
  private static final int MAX_QUEUED_BYTES = 512 << 10;
  private static final ByteBuffer END = ByteBuffer.allocate(0);
  private static final int CONNECT_MILLIS = 5_000;
  private static final int LINGER_MILLIS = 2_000;
  private static final long MIN_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final WebSocket webSocket;
  private final PausableChannel channel;
  private final InetSocketAddress target;
  private final Runnable nudge;
  private final Socket service = new Socket();
  private final BlockingQueue<ByteBuffer> up = new LinkedBlockingQueue<>();
  private final AtomicInteger upBytes = new AtomicInteger();

  /**
   * Creates a relay that is not started yet.
   *
   * @param nudge makes the library check its queue, because it misses an element that one thread
   *     adds just while another thread finds the queue empty
   */
  JavaWebSocketRelay(
      WebSocket webSocket, PausableChannel channel, InetSocketAddress target, Runnable nudge) {
    this.webSocket = webSocket;
    this.channel = channel;
    this.target = target;
    this.nudge = nudge;
  }

  void start() {
    thread("test-jws-up", this::copyUp).start();
  }

  /** Accepts a message. Does not block. */
  void fromClient(ByteBuffer message) {
    if (!message.hasRemaining()) {
      return; // An empty message means the end.
    }
    up.add(message);
    if (upBytes.addAndGet(message.remaining()) > MAX_QUEUED_BYTES) {
      channel.pause();
    }
  }

  /** Signals that the websocket is closed. Does not block. */
  void clientEnded() {
    up.add(END);
  }

  private void copyUp() {
    try (service) {
      service.connect(target, CONNECT_MILLIS);
      service.setTcpNoDelay(true);
      InputStream in = service.getInputStream();
      OutputStream out = service.getOutputStream();
      thread("test-jws-down", () -> copyDown(in)).start();
      boolean serviceAccepts = true;
      for (ByteBuffer message = up.take(); message.hasRemaining(); message = up.take()) {
        serviceAccepts = serviceAccepts && write(out, message);
        if (upBytes.addAndGet(-message.remaining()) < MAX_QUEUED_BYTES / 2) {
          channel.resume();
        }
      }
      service.shutdownOutput();
      awaitServiceEnd();
    } catch (IOException e) {
      // The service refused or lost the connection.
      webSocket.close(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns false if the service accepts no more bytes. The thread that reads from the service
   * detects the cause.
   */
  private static boolean write(OutputStream out, ByteBuffer message) {
    try {
      int offset = message.arrayOffset() + message.position();
      out.write(message.array(), offset, message.remaining());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Waits until the other thread has closed the socket, which it does when the service has ended.
   */
  private void awaitServiceEnd() {
    boolean unused = Await.within(Duration.ofMillis(LINGER_MILLIS), service::isClosed);
  }

  private void copyDown(InputStream in) {
    byte[] buffer = new byte[64 << 10];
    try (service) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        webSocket.send(Arrays.copyOf(buffer, count));
        awaitSent();
      }
      webSocket.close(1000);
    } catch (WebsocketNotConnectedException e) {
      // The client has closed the websocket.
    } catch (IOException e) {
      webSocket.close(1011, "the service reset the connection");
    }
  }

  private void awaitSent() {
    long pause = MIN_PAUSE_NANOS;
    while (webSocket.hasBufferedData() && webSocket.isOpen()) {
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, MAX_PAUSE_NANOS);
      if (pause == MAX_PAUSE_NANOS) {
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
