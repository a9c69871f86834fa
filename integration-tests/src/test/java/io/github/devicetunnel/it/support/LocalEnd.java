package io.github.devicetunnel.it.support;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;

/** The local side of one tunnel, as an application uses it. */
public final class LocalEnd implements Closeable {
  /** The two ways to open a tunnel. */
  public enum Entrance {
    /** A TCP connection to a local port. */
    LISTENER,
    /** A stream in this process. */
    STREAM;

    public LocalEnd open(TunnelClient client) throws IOException {
      return this == LISTENER ? throughListener(client) : throughStream(client);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private final InputStream in;
  private final OutputStream out;
  private final Action shutdownOutput;
  private final Action close;

  private LocalEnd(InputStream in, OutputStream out, Action shutdownOutput, Action close) {
    this.in = in;
    this.out = out;
    this.shutdownOutput = shutdownOutput;
    this.close = close;
  }

  private static LocalEnd throughListener(TunnelClient client) throws IOException {
    TunnelListener listener = client.listen(Loopback.anyPort());
    Socket socket = connect(listener);
    Action close =
        () -> {
          socket.close();
          listener.close();
        };
    return new LocalEnd(
        socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput, close);
  }

  private static LocalEnd throughStream(TunnelClient client) throws IOException {
    TunnelStream stream = client.open();
    return new LocalEnd(
        stream.inputStream(), stream.outputStream(), stream::shutdownOutput, stream::close);
  }

  /** Opens a local connection whose reads time out. */
  public static Socket connect(TunnelListener listener) throws IOException {
    return connect(listener.localAddress());
  }

  /** As {@link #connect(TunnelListener)}, to any address. */
  public static Socket connect(SocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.connect(address, (int) Await.LONG.toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) Await.LONG.toMillis());
    return socket;
  }

  /** Closes a connection with a reset. */
  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public InputStream in() {
    return in;
  }

  public OutputStream out() {
    return out;
  }

  public void shutdownOutput() throws IOException {
    shutdownOutput.run();
  }

  @Override
  public void close() throws IOException {
    close.run();
  }
}
