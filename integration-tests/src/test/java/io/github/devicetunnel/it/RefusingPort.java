package io.github.devicetunnel.it;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;

/** A port on which nobody listens, and nobody else will while this is open. */
final class RefusingPort implements Closeable {
  private final Socket socket = new Socket();

  RefusingPort() throws IOException {
    socket.bind(Loopback.anyPort());
  }

  /** The address as a tunnel names it. */
  String serviceAddress() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
