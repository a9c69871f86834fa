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
 * The connection that remains after an HTTP exchange has ended with a 101 response. It reads and
 * writes the socket (TLS or plaintext) below OkHttp, because Okio's segments of 8 KiB halve the
 * throughput. See docs/rationale/data-path.md.
 */
public final class UpgradedSocket implements Closeable {
  // Prevents garbage collection: OkHttp has only a weak reference to the call, and reports the
  // connection as leaked once the call has been collected.
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

  /** Returns the bytes that the server sends after the head of its response. */
  public InputStream inputStream() {
    return in;
  }

  /** Returns the unbuffered output. */
  public OutputStream outputStream() {
    return out;
  }

  /**
   * Sets the timeout of all further reads. A {@link java.net.SocketTimeoutException} loses no byte.
   *
   * @param millis zero means no timeout
   */
  public void setReadTimeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /**
   * Returns the time since the last byte of an incomplete TLS record arrived, in nanoseconds.
   * Thread-safe.
   *
   * @param waitingSince when the current read started
   * @return {@link Long#MAX_VALUE} if there is no incomplete record
   */
  public long incompleteNanos(long now, long waitingSince) {
    if (!(socket instanceof ArrivalClock clock)) {
      return Long.MAX_VALUE;
    }
    long arrivedAt = clock.arrivedAt();
    return arrivedAt - waitingSince > 0 ? Math.max(0, now - arrivedAt) : Long.MAX_VALUE;
  }

  /**
   * Aborts the connection and unblocks its reader and writer. Thread-safe. Does not block, and
   * sends no TLS alert. {@link #close} must still be called.
   */
  public void abort() {
    okioSocket.cancel();
  }

  /**
   * Closes the connection. Over TLS it sends an alert, which can block if the server has stopped
   * reading. Call {@link #abort} first if that is possible.
   */
  @Override
  public void close() {
    try {
      closeQuietly(socket);
    } finally {
      release(okioSocket);
    }
  }

  /** Releases the connection in OkHttp, which requires both directions to be closed. */
  public static void release(okio.Socket okioSocket) {
    try {
      okioSocket.cancel();
    } finally {
      try {
        closeQuietly(okioSocket.getSource());
      } finally {
        closeQuietly(okioSocket.getSink());
      }
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // The server has already closed or reset the connection.
    }
  }

  /**
   * An input that returns the bytes that OkHttp read together with the response, then reads the
   * socket. Otherwise the first bytes of a server that sends first would be lost.
   */
  private static final class Input extends BulkInputStream {
    private final InputStream socketInput;
    private final Buffer early = new Buffer();
    private okio.@Nullable Source source;

    Input(okio.Socket okioSocket, InputStream socketInput) {
      this.socketInput = socketInput;
      this.source = okioSocket.getSource();
      // HTTP timeouts do not apply to a tunnel, which may be silent for days.
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
        // Without a limit, so that one read empties OkHttp's buffer.
        count = unread.read(early, Long.MAX_VALUE);
      } catch (InterruptedIOException e) {
        // Okio checks the thread's interrupt status only if its buffer is empty; a socket read
        // ignores it, so continue. A timeout loses no byte.
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
