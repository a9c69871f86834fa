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
 * A connected socket under TLS that records what its reader cannot see. JSSE reports the end of the
 * connection in the same way as a {@code close_notify}, which would make a truncated stream look
 * complete (RFC 8446 section 6.1). And it reports nothing of a record until all of it is there,
 * which would make a slow connection look dead.
 *
 * <p>It passes on what a TLS implementation uses of the socket under it.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the socket behind it has its own locks
final class ObservedSocket extends Socket {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final @Nullable ArrivalClock below;
  private volatile boolean inputEnded;
  private volatile long arrivedAt = System.nanoTime();

  /**
   * Observes a socket. Takes its streams at once: the socket of a proxy has other ones later.
   *
   * @param below the socket as far as it knows more of arrivals, because it has TLS of its own;
   *     null when it does not
   */
  ObservedSocket(Socket socket, @Nullable ArrivalClock below) throws IOException {
    super((SocketImpl) null);
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.below = below;
  }

  /** Returns whether a read reported the end of the connection. */
  boolean inputEnded() {
    return inputEnded;
  }

  /**
   * Returns when bytes last came, as {@link System#nanoTime}. They may be a part of a record of the
   * TLS to a proxy, from which nothing can be read here yet.
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
