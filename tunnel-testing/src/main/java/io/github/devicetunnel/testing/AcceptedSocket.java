package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, plain or under TLS. MockWebServer speaks HTTP over it; what comes after
 * the upgrade is read and written here, past MockWebServer's buffers of 8 KiB.
 */
final class AcceptedSocket extends Socket {
  private final Runnable onClosed;
  private volatile @Nullable SSLSocket tls;

  /**
   * Not connected yet.
   *
   * @param onClosed called once or more, on the thread that closes
   */
  AcceptedSocket(Runnable onClosed) {
    this.onClosed = onClosed;
  }

  /** From now on TLS is spoken. */
  void layer(SSLSocket socket) {
    tls = socket;
  }

  /** What the client sends, decrypted. Not buffered. */
  InputStream plaintextInput() throws IOException {
    SSLSocket socket = tls;
    return socket == null ? getInputStream() : socket.getInputStream();
  }

  /** What the client gets, before encryption. Not buffered. */
  OutputStream plaintextOutput() throws IOException {
    SSLSocket socket = tls;
    return socket == null ? getOutputStream() : socket.getOutputStream();
  }

  /** Closes in order; under TLS with an alert, for which it waits while another thread writes. */
  void closeInOrder() throws IOException {
    SSLSocket socket = tls;
    if (socket == null) {
      close();
    } else {
      socket.close();
    }
  }

  /** Ends the output for good, under TLS without an alert. Never waits. */
  void endOutput() {
    try {
      shutdownOutput();
    } catch (IOException e) {
      // The connection is gone already.
    }
  }

  /** Cuts the connection and frees whoever reads or writes. Never waits. */
  void cut() {
    try {
      close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  /** As {@link #cut}, with a reset, which may overtake what the client has not read. */
  void reset() {
    ProxiedConnection.reset(this);
  }

  /** Returns when the client has closed or the connection was cut. Throws away what comes. */
  void awaitEnd() {
    byte[] rest = new byte[8 << 10];
    try {
      InputStream in = plaintextInput();
      while (in.read(rest) >= 0) {
        // Nobody wants these bytes.
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    onClosed.run();
    super.close();
  }
}
