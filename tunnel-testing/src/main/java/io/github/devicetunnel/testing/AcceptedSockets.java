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
 * Makes MockWebServer's listening socket, and keeps hold of what it accepts. Sockets are found by
 * the number that MockWebServer gives to their requests: it counts what it accepts, beginning with
 * 0, and so does this.
 */
final class AcceptedSockets extends ServerSocketFactory {
  /** MockWebServer's own 50 would make the 51st of many clients that come at once wait a second. */
  private static final int BACKLOG = 1024;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Map<Integer, AcceptedSocket> byIndex = new ConcurrentHashMap<>();

  /** The connection that carried a request, or null when it is closed. */
  @Nullable AcceptedSocket byConnectionIndex(int index) {
    return byIndex.get(index);
  }

  int open() {
    return byIndex.size();
  }

  /** Cuts all connections. Never waits. */
  void cutAll() {
    List.copyOf(byIndex.values()).forEach(AcceptedSocket::cut);
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
    private int accepted; // only on the thread that accepts

    ListeningSocket() throws IOException {}

    @Override
    public void bind(SocketAddress endpoint, int backlog) throws IOException {
      super.bind(endpoint, BACKLOG);
    }

    @Override
    public Socket accept() throws IOException {
      int index = accepted;
      AcceptedSocket socket = new AcceptedSocket(() -> byIndex.remove(index));
      implAcceptPatiently(socket);
      accepted++;
      byIndex.put(index, socket);
      try {
        socket.setTcpNoDelay(true);
      } catch (SocketException e) {
        // The client has left already. MockWebServer finds out when it reads.
      }
      return socket;
    }

    /** Running out of descriptors must not end the service, which an exception from here does. */
    private void implAcceptPatiently(AcceptedSocket socket) throws IOException {
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
