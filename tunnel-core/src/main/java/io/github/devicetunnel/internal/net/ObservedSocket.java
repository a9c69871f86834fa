package io.github.devicetunnel.internal.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket below TLS that records events which JSSE does not report. JSSE does not
 * distinguish the end of the connection from a {@code close_notify}, so a truncated stream would
 * look complete (RFC 8446 section 6.1). It also does not report the bytes of a record until the
 * record is complete, so a slow connection would look dead.
 *
 * <p>Forwards the methods of {@link Socket} that a TLS implementation uses.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // The socket behind it has its own locks.
final class ObservedSocket extends Socket {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final @Nullable ArrivalClock below;
  private volatile boolean inputEnded;
  private volatile long arrivedAt = System.nanoTime();

  /**
   * Creates an observer. Gets the streams of the socket at once, because a proxy socket returns
   * other streams later.
   *
   * @param below the same socket if it has TLS of its own and so records earlier arrivals;
   *     otherwise null
   */
  ObservedSocket(Socket socket, @Nullable ArrivalClock below) throws IOException {
    super((SocketImpl) null);
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.below = below;
  }

  /** Returns whether a read has returned the end of the connection. */
  boolean inputEnded() {
    return inputEnded;
  }

  /**
   * Returns the {@link System#nanoTime} at which bytes last arrived. The bytes may belong to an
   * incomplete record of the TLS connection to a proxy, from which no byte can be read yet.
   */
  long arrivedAt() {
    long own = arrivedAt;
    if (below == null) {
      return own;
    }
    long early = below.arrivedAt();
    return early - own > 0 ? early : own;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new ObservedInput(in);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return out;
  }

  @Override
  public void shutdownInput() throws IOException {
    socket.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public boolean isConnected() {
    return socket.isConnected();
  }

  @Override
  public boolean isBound() {
    return socket.isBound();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return socket.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return socket.isOutputShutdown();
  }

  @Override
  public InetAddress getInetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public int getPort() {
    return socket.getPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return socket.getRemoteSocketAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return socket.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return socket.getLocalPort();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return socket.getLocalSocketAddress();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    socket.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return socket.getSoTimeout();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    socket.setSoLinger(on, linger);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return socket.getSoLinger();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    socket.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return socket.getTcpNoDelay();
  }

  @Override
  public String toString() {
    return socket.toString();
  }

  private final class ObservedInput extends BulkInputStream {
    private final InputStream in;

    ObservedInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      if (count < 0) {
        inputEnded = true;
      }
      arrivedAt = System.nanoTime();
      return count;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
