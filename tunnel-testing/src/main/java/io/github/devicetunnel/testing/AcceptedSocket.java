package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a client, plain or with TLS. MockWebServer uses it for HTTP. After the upgrade,
 * the connection is read and written directly, bypassing the 8 KiB buffers of MockWebServer.
 */
final class AcceptedSocket extends Socket {
  private final Runnable onClosed;
  private volatile @Nullable SSLSocket tls;

  /**
   * Creates a socket that is not connected yet.
   *
   * @param onClosed called at least once, on the closing thread
   */
  AcceptedSocket(Runnable onClosed) {
    this.onClosed = onClosed;
  }

  /** Sets the TLS layer of this connection. */
  void setTls(SSLSocket socket) {
    tls = socket;
  }

  /** Returns the stream of decrypted bytes from the client. Not buffered. */
  InputStream plaintextInput() throws IOException {
    SSLSocket socket = tls;
    return socket == null ? getInputStream() : socket.getInputStream();
  }

  /** Returns the stream of bytes to the client, before encryption. Not buffered. */
  OutputStream plaintextOutput() throws IOException {
    SSLSocket socket = tls;
    return socket == null ? getOutputStream() : socket.getOutputStream();
  }

  /**
   * Closes the connection cleanly. With TLS, this sends an alert and blocks while another thread
   * writes.
   */
  void closeCleanly() throws IOException {
    SSLSocket socket = tls;
    if (socket == null) {
      close();
    } else {
      socket.close();
    }
  }

  /** Ends the output, with TLS without an alert. Never blocks. */
  void endOutput() {
    Sockets.endOutput(this);
  }

  /** Aborts the connection and unblocks readers and writers. Never blocks. */
  void abort() {
    Sockets.close(this);
  }

  /** Aborts the connection with a reset, which may discard bytes that the client has not read. */
  void reset() {
    Sockets.reset(this);
  }

  /** Discards input until the client has closed or the connection is aborted. */
  void awaitEnd() {
    byte[] rest = new byte[8 << 10];
    try {
      InputStream in = plaintextInput();
      while (in.read(rest) >= 0) {
        // discarded
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    onClosed.run();
    super.close();
  }
}
