package io.github.devicetunnel.benchmarks;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** The local side of one tunnel: a socket connected to a listener, or a stream. */
abstract class LocalSide implements AutoCloseable {
  /** Longer than any pause in a transfer. */
  private static final int TIMEOUT_MILLIS = 60_000;

  abstract InputStream in() throws IOException;

  abstract OutputStream out() throws IOException;

  abstract void shutdownOutput() throws IOException;

  /** Ends the connection in the middle of a transfer: resets a socket, closes a stream. */
  abstract void abort() throws IOException;

  @Override
  public abstract void close() throws IOException;

  static LocalSide connect(TunnelListener listener) throws IOException {
    Socket socket = new Socket();
    socket.connect(listener.localAddress(), TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return new OfSocket(socket);
  }

  static LocalSide open(TunnelClient client) throws IOException {
    return new OfStream(client.open());
  }

  private static final class OfSocket extends LocalSide {
    private final Socket socket;

    OfSocket(Socket socket) {
      this.socket = socket;
    }

    @Override
    InputStream in() throws IOException {
      return socket.getInputStream();
    }

    @Override
    OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    void shutdownOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    void abort() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static final class OfStream extends LocalSide {
    private final TunnelStream stream;

    OfStream(TunnelStream stream) {
      this.stream = stream;
    }

    @Override
    InputStream in() {
      return stream.inputStream();
    }

    @Override
    OutputStream out() {
      return stream.outputStream();
    }

    @Override
    void shutdownOutput() {
      stream.shutdownOutput();
    }

    @Override
    void abort() {
      stream.close();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
