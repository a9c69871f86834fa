package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP server on loopback with one thread per connection. */
final class TcpService implements AutoCloseable {
  /** Buffer size for tests that measure how far one end is ahead of the other. */
  static final int SMALL_BUFFER = 64 << 10;

  private static final int BACKLOG = 2048;

  /** Serves a connection, which is closed afterwards. */
  interface Handler {
    void serve(Socket socket) throws Exception;
  }

  private final ServerSocket serverSocket;
  private final Handler handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private TcpService(ServerSocket serverSocket, Handler handler) {
    this.serverSocket = serverSocket;
    this.handler = handler;
  }

  static TcpService start(Handler handler) throws IOException {
    return start(anyPort(), 0, handler);
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /**
   * Starts listening.
   *
   * @param receiveBuffer the requested receive buffer size; 0 for the system default
   */
  static TcpService start(InetSocketAddress address, int receiveBuffer, Handler handler)
      throws IOException {
    ServerSocket serverSocket = new ServerSocket();
    if (receiveBuffer > 0) {
      serverSocket.setReceiveBufferSize(receiveBuffer);
    }
    serverSocket.bind(address, BACKLOG);
    TcpService service = new TcpService(serverSocket, handler);
    var unused = Background.start("service-accept", service::acceptAll);
    return service;
  }

  static TcpService echo() throws IOException {
    return start(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) serverSocket.getLocalSocketAddress();
  }

  int open() {
    return open.size();
  }

  /** Accepts connections until the socket is closed, which throws an exception. */
  private Void acceptAll() throws IOException {
    while (true) {
      Socket socket = serverSocket.accept();
      socket.setTcpNoDelay(true);
      open.add(socket);
      var unused = Background.start("service", () -> serve(socket));
    }
  }

  private Void serve(Socket socket) throws Exception {
    try (socket) {
      handler.serve(socket);
    } finally {
      open.remove(socket);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    serverSocket.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
