package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Dials TCP services, as a gateway does, and keeps hold of what is open. From any thread. */
final class ServiceSockets {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Dials, on the calling thread, for at most five seconds. */
  ServiceEnd dial(InetSocketAddress target) throws IOException {
    Socket socket = new ServiceSocket();
    // It gets its descriptor now: the JDK would not see a close that comes just before the connect.
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

  /** The JDK would take the address of this machine in its network. */
  private static InetSocketAddress loopbackForWildcard(InetSocketAddress target) {
    return target.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), target.getPort())
        : target;
  }

  /** Closes all, those that are being dialled as well. Nothing can be dialled afterwards. */
  void close() {
    closed = true;
    for (Socket socket : List.copyOf(open)) {
      closeQuietly(socket);
    }
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
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
