package io.github.devicetunnel;

import io.github.devicetunnel.internal.net.BulkInputStream;
import io.github.devicetunnel.internal.socket.SocketOptionsBase;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A socket that connects through a tunnel. Its remote address is the one passed by the caller; it
 * has no local address.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // a lock would let one call block another
final class TunnelSocket extends SocketOptionsBase {
  /** Creates an unopened stream for the address that a socket connects to. */
  interface Opener {
    TunnelStream prepare(InetSocketAddress address) throws IOException;
  }

  private static final InetSocketAddress NO_LOCAL_ADDRESS = new InetSocketAddress(0);

  private final Opener opener;

  private final AtomicBoolean connecting = new AtomicBoolean();
  private volatile @Nullable InetSocketAddress address;
  private volatile @Nullable TunnelStream stream;
  private volatile boolean connected;
  private volatile boolean bound;
  private volatile boolean closed;

  private volatile boolean inputShut;
  private volatile boolean outputShut;
  private volatile int soTimeout;

  TunnelSocket(Opener opener) throws SocketException {
    this.opener = opener;
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout must not be negative, but is " + timeout);
    }
    if (!(endpoint instanceof InetSocketAddress inetAddress)) {
      throw new IllegalArgumentException("endpoint must be a host and a port, but is " + endpoint);
    }
    TunnelStream opening = beginConnect(inetAddress);
    boolean opened = false;
    try {
      opening.life().open(Duration.ofMillis(timeout));
      opening.setReadTimeout(Duration.ofMillis(soTimeout));
      connected = true;
      opened = true;
    } catch (TunnelException e) {
      throw closed ? closedMeanwhile(e) : notConnected(e);
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private TunnelStream beginConnect(InetSocketAddress endpoint) throws IOException {
    checkNotClosed();
    if (!connecting.compareAndSet(false, true)) {
      throw new SocketException("already connected");
    }
    TunnelStream opening = prepare(endpoint);
    address = ServiceNames.resolved(endpoint);
    stream = opening;
    if (closed) {
      opening.life().closeAsync(); // closed while the TargetResolver was running
    }
    return opening;
  }

  /** Calls the TargetResolver, if there is one, without a lock. After a failure, connect again. */
  private TunnelStream prepare(InetSocketAddress endpoint) throws IOException {
    boolean prepared = false;
    try {
      TunnelStream unopened = opener.prepare(endpoint);
      prepared = true;
      return unopened;
    } finally {
      if (!prepared) {
        connecting.set(false);
      }
    }
  }

  private static SocketException closedMeanwhile(IOException e) {
    SocketException closed = new SocketException("Socket closed");
    closed.initCause(e);
    return closed;
  }

  /** Returns an exception after which clients and drivers do not retry. */
  static ConnectException notConnected(Exception cause) {
    return notConnected(cause.getMessage(), cause);
  }

  /** Returns such an exception with its own message. */
  static ConnectException notConnected(@Nullable String message, Exception cause) {
    ConnectException failure = new ConnectException(message);
    failure.initCause(cause);
    return failure;
  }

  private TunnelStream connectedStream() throws SocketException {
    checkNotClosed();
    TunnelStream open = stream;
    if (open == null || !connected) {
      throw new SocketException("Socket is not connected");
    }
    return open;
  }

  /** Accepts only null and the wildcard address with port 0, and binds nothing. */
  @Override
  public void bind(@Nullable SocketAddress bindpoint) throws IOException {
    checkNotClosed();
    if (bindpoint != null && !bindpoint.equals(NO_LOCAL_ADDRESS)) {
      throw new BindException("a tunnel has no local address and cannot be bound to " + bindpoint);
    }
    bound = true;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    TunnelStream open = connectedStream();
    if (inputShut) {
      throw new SocketException("Socket input is shutdown");
    }
    return new Input(open.inputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    TunnelStream open = connectedStream();
    if (outputShut) {
      throw new SocketException("Socket output is shutdown");
    }
    return new Output(open.outputStream());
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    checkNotClosed();
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout must not be negative, but is " + timeout);
    }
    soTimeout = timeout;
    TunnelStream open = stream;
    if (open != null) {
      open.setReadTimeout(Duration.ofMillis(timeout));
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    checkNotClosed();
    return soTimeout;
  }

  @Override
  public void shutdownInput() throws IOException {
    TunnelStream open = connectedStream();
    if (inputShut) {
      throw new SocketException("Socket input is already shutdown");
    }
    inputShut = true;
    open.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    TunnelStream open = connectedStream();
    if (outputShut) {
      throw new SocketException("Socket output is already shutdown");
    }
    outputShut = true;
    open.shutdownOutput();
  }

  /**
   * Closes the tunnel without blocking, like {@code Socket.close}. Written bytes are still sent.
   */
  @Override
  public void close() {
    closed = true;
    TunnelStream open = stream;
    if (open != null) {
      open.life().closeAsync();
    }
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    InetSocketAddress remote = address;
    return connected && remote != null ? remote.getAddress() : null;
  }

  @Override
  public int getPort() {
    InetSocketAddress remote = address;
    return connected && remote != null ? remote.getPort() : 0;
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return connected ? address : null;
  }

  @Override
  public InetAddress getLocalAddress() {
    return NO_LOCAL_ADDRESS.getAddress();
  }

  @Override
  public int getLocalPort() {
    return isBound() ? NO_LOCAL_ADDRESS.getPort() : -1;
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return isBound() ? NO_LOCAL_ADDRESS : null;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public boolean isBound() {
    return bound || connected;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isInputShutdown() {
    return inputShut;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShut;
  }

  @Override
  public String toString() {
    return "TunnelSocket[" + (connected ? address + " through " + stream : "unconnected") + "]";
  }

  /** Returns the exception that a socket would throw after it was closed locally. */
  private IOException asSocket(TunnelException e) {
    return closed ? closedMeanwhile(e) : e;
  }

  private final class Input extends BulkInputStream {
    private final InputStream in;

    Input(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (TunnelException e) {
        throw asSocket(e);
      }
    }

    @Override
    public int available() throws IOException {
      checkNotClosed();
      return in.available();
    }

    @Override
    public void close() {
      TunnelSocket.this.close();
    }
  }

  private final class Output extends FilterOutputStream {
    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (TunnelException e) {
        throw asSocket(e);
      }
    }

    @Override
    public void close() {
      TunnelSocket.this.close();
    }
  }
}
