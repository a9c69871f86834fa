package io.github.devicetunnel.internal.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import okhttp3.Call;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The connection that is left when an HTTP exchange ended with 101: bytes in, bytes out, taken
 * straight from the socket (TLS or plain) under OkHttp's, because Okio's segments of 8 KiB halve
 * the throughput.
 */
public final class UpgradedSocket implements Closeable {
  // Held as long as the socket is in use: OkHttp has only a weak reference to it, and takes the
  // connection for leaked once the call is garbage.
  @SuppressWarnings({"FieldCanBeLocal", "UnusedVariable"})
  private final Call call;

  private final okio.Socket okioSocket;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  public UpgradedSocket(Call call, okio.Socket okioSocket, Socket socket) throws IOException {
    this.call = call;
    this.okioSocket = okioSocket;
    this.socket = socket;
    this.in = new Input(okioSocket, socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** What the server sent after the head of its answer. */
  public InputStream inputStream() {
    return in;
  }

  /** Not buffered. */
  public OutputStream outputStream() {
    return out;
  }

  /**
   * Bounds every read from now on; a {@link java.net.SocketTimeoutException} loses no byte.
   *
   * @param millis zero for no bound
   */
  public void setReadTimeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /**
   * Returns for how long nothing more has come of a TLS record that is not complete, in
   * nanoseconds. From any thread.
   *
   * @param waitingSince when the read began that waits for it
   * @return {@link Long#MAX_VALUE} if there is no such record
   */
  public long incompleteNanos(long now, long waitingSince) {
    if (!(socket instanceof ArrivalClock clock)) {
      return Long.MAX_VALUE;
    }
    long arrivedAt = clock.arrivedAt();
    return arrivedAt - waitingSince > 0 ? Math.max(0, now - arrivedAt) : Long.MAX_VALUE;
  }

  /**
   * Cuts the connection, and frees a thread that reads or writes. From any thread; never waits, not
   * even for a TLS alert that cannot be written. {@link #close} must still be called.
   */
  public void abort() {
    okioSocket.cancel();
  }

  /**
   * Closes the connection; over TLS with an alert, for which it may wait when the other end stopped
   * reading: abort first where that may be so.
   */
  @Override
  public void close() {
    closeQuietly(socket);
    release(okioSocket);
  }

  /** Tells OkHttp that the connection is not used any more: it wants both directions closed. */
  public static void release(okio.Socket okioSocket) {
    okioSocket.cancel();
    closeQuietly(okioSocket.getSource());
    closeQuietly(okioSocket.getSink());
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // A connection that can't be closed in order was cut by the other end.
    }
  }

  /**
   * Reads what OkHttp had already taken from the socket together with the answer, then the socket
   * itself. A server that speaks first would lose its first bytes otherwise.
   */
  private static final class Input extends BulkInputStream {
    private final InputStream socketInput;
    private final Buffer early = new Buffer();
    private okio.@Nullable Source source;

    Input(okio.Socket okioSocket, InputStream socketInput) {
      this.socketInput = socketInput;
      this.source = okioSocket.getSource();
      // The timeouts of HTTP have no meaning for a tunnel, which may be silent for days.
      okioSocket.getSource().timeout().clearTimeout().clearDeadline();
      okioSocket.getSink().timeout().clearTimeout().clearDeadline();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (source != null && readEarly(source) < 0) {
        return -1;
      }
      if (!early.exhausted()) {
        return early.read(bytes, offset, length);
      }
      return socketInput.read(bytes, offset, length);
    }

    private long readEarly(okio.Source unread) throws IOException {
      long count = 0;
      try {
        // With no limit, so that all of OkHttp's buffer comes at once.
        count = unread.read(early, Long.MAX_VALUE);
      } catch (InterruptedIOException e) {
        // Only an empty buffer lets Okio look at the thread's flag, on which a socket's read goes
        // on; and a timeout loses nothing.
        if (e instanceof SocketTimeoutException) {
          throw e;
        }
      }
      source = null;
      return count;
    }

    @Override
    public int available() throws IOException {
      return early.size() > 0 ? (int) early.size() : socketInput.available();
    }
  }
}
