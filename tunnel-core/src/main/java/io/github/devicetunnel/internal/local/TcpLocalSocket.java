package io.github.devicetunnel.internal.local;

import io.github.devicetunnel.internal.local.SocketTable.Row;
import io.github.devicetunnel.internal.net.SpinThenBlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The accepted side of a TCP connection. */
final class TcpLocalSocket implements LocalSocket {
  /** The peer's FIN, which the kernel counts as one byte. */
  private static final int FIN = 1;

  private final Socket socket;
  private final SocketTable table;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  /**
   * Creates an object for a connected socket.
   *
   * @param socket connected
   */
  TcpLocalSocket(Socket socket) {
    this(socket, SocketTable.SYSTEM);
  }

  /** Creates an object with another table; see {@link #TcpLocalSocket(Socket)}. */
  TcpLocalSocket(Socket socket, SocketTable table) {
    this.socket = socket;
    this.table = table;
    this.local = (InetSocketAddress) socket.getLocalSocketAddress();
    this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  @Override
  public InputStream inputStream() throws IOException {
    return new SpinThenBlockInputStream(socket.getInputStream());
  }

  @Override
  public OutputStream outputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // The socket was already closed.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public InetSocketAddress client() {
    return remote;
  }

  @Override
  public CompletableFuture<Boolean> hasClientLeft(boolean readToEnd) {
    if (readToEnd) {
      return table
          .findPeer(local, remote)
          .thenApply(connection -> connection != null && isClosed(connection.peer()));
    }
    return table
        .find(local, remote)
        .thenApply(connection -> connection != null && hasClientLeft(connection));
  }

  private boolean hasClientLeft(SocketTable.Connection connection) {
    Row own = connection.own();
    if (own == null) {
      return true; // A reset: the kernel keeps no row of the connection.
    }
    return own.isInputEnded() && own.receiveQueue() <= FIN && isClosed(connection.peer());
  }

  /**
   * Returns whether the process of the peer has closed its socket. Such a socket has a row without
   * an inode, or no row.
   */
  private boolean isClosed(@Nullable Row peer) {
    boolean onThisMachine =
        remote.getAddress().isLoopbackAddress() || remote.getAddress().equals(local.getAddress());
    return peer == null ? onThisMachine : !peer.open();
  }

  @Override
  public CompletableFuture<OptionalLong> undelivered() {
    return table
        .find(local, remote)
        .thenApply(
            connection -> {
              if (connection == null) {
                return OptionalLong.empty();
              }
              Row own = connection.own();
              return OptionalLong.of(own == null ? 0 : own.sendQueue());
            });
  }
}
