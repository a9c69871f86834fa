package io.github.devicetunnel.it.listen;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Service;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A service with one thread, which accepts the next connection after it closed the previous one.
 */
final class SequentialService implements Closeable {
  private final ServerSocket serverSocket;
  private final Service.Script script;
  private final Thread thread = new Thread(this::acceptConnections, "test-sequential");
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private SequentialService(InetAddress address, Service.Script script) throws IOException {
    this.serverSocket = new ServerSocket(0, 5, address);
    this.script = script;
  }

  static SequentialService started(Service.Script script) throws IOException {
    return started(InetAddress.getLoopbackAddress(), script);
  }

  /** Same as {@link #started(Service.Script)}, on another address of this machine. */
  static SequentialService started(InetAddress address, Service.Script script) throws IOException {
    SequentialService service = new SequentialService(address, script);
    service.thread.setDaemon(true);
    service.thread.start();
    return service;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) serverSocket.getLocalSocketAddress();
  }

  List<Throwable> failures() {
    return failures;
  }

  private void acceptConnections() {
    while (!serverSocket.isClosed()) {
      try (Socket socket = serverSocket.accept()) {
        socket.setSoTimeout((int) Await.LONG.toMillis());
        script.play(socket);
      } catch (Exception | AssertionError e) {
        if (!serverSocket.isClosed()) {
          failures.add(e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    serverSocket.close();
    try {
      thread.join(2 * Await.LONG.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
