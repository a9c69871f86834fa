package io.github.devicetunnel;

import io.github.devicetunnel.websocket.SpinningInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** The end of a TCP connection. */
final class TcpEnd implements LocalEnd {
  private final Socket socket;

  TcpEnd(Socket socket) {
    this.socket = socket;
  }

  @Override
  public InputStream inputStream() throws IOException {
    return new SpinningInput(socket.getInputStream());
  }

  @Override
  public OutputStream outputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public InetSocketAddress client() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }
}
