package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** The operations of local clients. */
final class Local {
  /** Upper limit for all operations, so that none hangs. */
  static final Duration LIMIT = Duration.ofSeconds(200);

  private Local() {}

  static Socket connect(SocketAddress listener) throws IOException {
    return connect(listener, 0);
  }

  /**
   * Connects to a listener.
   *
   * @param receiveBuffer the requested receive buffer size; 0 for the system default
   */
  static Socket connect(SocketAddress listener, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) LIMIT.toMillis());
    try {
      socket.connect(listener, (int) LIMIT.toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  /** Sends bytes and checks the echo. */
  static void echo(Socket socket, byte[] bytes) throws IOException {
    echo(socket.getInputStream(), socket.getOutputStream(), bytes);
  }

  static void echo(InputStream in, OutputStream out, byte[] bytes) throws IOException {
    out.write(bytes);
    byte[] back = in.readNBytes(bytes.length);
    if (!Arrays.equals(back, bytes)) {
      throw new IOException(
          back.length < bytes.length
              ? "the echo ended after " + back.length + " of " + bytes.length + " bytes"
              : "the echo differs");
    }
  }

  /** Aborts the connection with a reset. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
