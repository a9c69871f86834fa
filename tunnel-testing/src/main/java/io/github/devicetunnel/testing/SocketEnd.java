package io.github.devicetunnel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** The gateway end of a TCP connection to a service. */
record SocketEnd(Socket socket, InputStream input, OutputStream output) implements ServiceEnd {
  /**
   * Gets the streams immediately, because either thread may close the socket before the other
   * starts.
   */
  static SocketEnd of(Socket socket) throws IOException {
    return new SocketEnd(socket, socket.getInputStream(), socket.getOutputStream());
  }

  @Override
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public boolean isOutputEnded() {
    return socket.isClosed() || socket.isOutputShutdown();
  }

  @Override
  public void close() {
    Sockets.close(socket);
  }
}
