package io.github.devicetunnel.it;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;

/** A port that refuses connections and stays reserved until it is closed. */
final class ClosedPort implements Closeable {
  private final Socket socket = new Socket();

  ClosedPort() throws IOException {
    socket.bind(Loopback.anyPort());
  }

  /** Returns the address in the form of a service address. */
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
