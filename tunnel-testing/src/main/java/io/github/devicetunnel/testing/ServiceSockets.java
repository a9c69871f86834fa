package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Dials TCP services like a gateway, and tracks the open sockets. Thread-safe. */
final class ServiceSockets {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Connects on the calling thread, for at most five seconds. */
  ServiceEnd dial(InetSocketAddress target) throws IOException {
    Socket socket = new ServiceSocket();
    // Setting an option creates the descriptor: the JDK ignores a close just before the connect.
    socket.setTcpNoDelay(true);
    open.add(socket);
    boolean connected = false;
    try {
      if (closed) {
        throw new SocketException("the tunnelling service is closed");
      }
      socket.connect(loopbackForWildcard(target), CONNECT_TIMEOUT_MILLIS);
      ServiceEnd end = SocketEnd.of(socket);
      connected = true;
      return end;
    } finally {
      if (!connected) {
        socket.close();
      }
    }
  }

  /**
   * Replaces the wildcard address by loopback; the JDK would use a network address of this machine.
   */
  private static InetSocketAddress loopbackForWildcard(InetSocketAddress target) {
    return target.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), target.getPort())
        : target;
  }

  /** Closes all sockets, including those that are connecting. Further dials fail. */
  void close() {
    closed = true;
    for (Socket socket : List.copyOf(open)) {
      Sockets.close(socket);
    }
  }

  private final class ServiceSocket extends Socket {
    @Override
    public synchronized void close() throws IOException {
      open.remove(this);
      super.close();
    }
  }
}
