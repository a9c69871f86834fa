package io.github.devicetunnel.testing;

import java.io.IOException;
import java.net.Socket;

/** Operations on sockets that may already be closed. */
final class Sockets {
  private Sockets() {}

  /** Closes a socket. Never blocks on a socket without TLS. */
  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // The socket is closed in any case.
    }
  }

  /** Aborts a connection with a reset, which may discard bytes that the peer has not read. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // The socket is closed or was never connected.
    }
    close(socket);
  }

  /** Sends a FIN. */
  static void endOutput(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // The output has already ended.
    }
  }
}
