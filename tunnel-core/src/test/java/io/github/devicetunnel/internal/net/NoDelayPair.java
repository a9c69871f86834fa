package io.github.devicetunnel.internal.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A {@link NoDelaySocket} and the plain socket that it is connected to. */
final class NoDelayPair implements Closeable {
  final Socket near;
  final Socket far;

  NoDelayPair() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      near = new NoDelaySocket();
      near.connect(server.getLocalSocketAddress());
      far = server.accept();
    }
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }
}
