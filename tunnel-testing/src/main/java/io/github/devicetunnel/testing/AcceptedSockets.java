package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates the listening socket of MockWebServer and tracks the accepted sockets. MockWebServer
 * numbers connections in the order of acceptance, starting with 0. This class counts in the same
 * way, so that a request can be mapped to its socket.
 */
final class AcceptedSockets extends ServerSocketFactory {
  /**
   * With MockWebServer's backlog of 50, the 51st of many simultaneous clients would wait a second.
   */
  private static final int BACKLOG = 1024;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Map<Integer, AcceptedSocket> byIndex = new ConcurrentHashMap<>();

  /** Returns the connection that carried a request, or null if it is closed. */
  @Nullable AcceptedSocket byConnectionIndex(int index) {
    return byIndex.get(index);
  }

  int openCount() {
    return byIndex.size();
  }

  /** Aborts all connections. Never blocks. */
  void abortAll() {
    List.copyOf(byIndex.values()).forEach(AcceptedSocket::abort);
  }

  @Override
  public ServerSocket createServerSocket() throws IOException {
    return new ListeningSocket();
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    throw new SocketException("MockWebServer binds its socket itself");
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return createServerSocket(port);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
      throws IOException {
    return createServerSocket(port);
  }

  private final class ListeningSocket extends ServerSocket {
    private int accepted; // accessed only by the accepting thread

    ListeningSocket() throws IOException {}

    @Override
    public void bind(SocketAddress endpoint, int backlog) throws IOException {
      super.bind(endpoint, BACKLOG);
    }

    @Override
    public Socket accept() throws IOException {
      int index = accepted;
      AcceptedSocket socket = new AcceptedSocket(() -> byIndex.remove(index));
      implAcceptWithRetries(socket);
      accepted++;
      byIndex.put(index, socket);
      try {
        socket.setTcpNoDelay(true);
      } catch (SocketException e) {
        // The client has disconnected; MockWebServer detects this when it reads.
      }
      return socket;
    }

    /**
     * Accepts a connection, and retries on errors such as exhausted file descriptors: an exception
     * would stop MockWebServer.
     */
    private void implAcceptWithRetries(AcceptedSocket socket) throws IOException {
      while (true) {
        try {
          implAccept(socket);
          return;
        } catch (IOException e) {
          if (isClosed()) {
            throw e;
          }
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }
}
