package io.github.devicetunnel.it.support;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;

/** A port that refuses connections and stays reserved until it is closed. */
public final class ClosedPort implements Closeable {
  private final Socket socket = new Socket();

  public ClosedPort() throws IOException {
    socket.bind(Loopback.anyPort());
  }

  /** Returns the address in the form of a service address. */
  public String serviceAddress() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  public int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
