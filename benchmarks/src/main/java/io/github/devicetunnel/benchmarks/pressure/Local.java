package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;

/** What local clients do. */
final class Local {
  /** Longer than anything should take, and an end to it. */
  static final Duration LIMIT = Duration.ofSeconds(200);

  private Local() {}

  static Socket connect(InetSocketAddress listener) throws IOException {
    return connect(listener, 0);
  }

  /**
   * Connects.
   *
   * @param receiveBuffer that is asked for; 0 for the system's own
   */
  static Socket connect(InetSocketAddress listener, int receiveBuffer) throws IOException {
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

  /** Sends bytes and expects them back. */
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
              : "the echo is wrong");
    }
  }

  /** Breaks off with a reset. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
