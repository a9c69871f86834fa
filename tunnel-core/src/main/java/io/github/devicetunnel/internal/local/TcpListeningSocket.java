package io.github.devicetunnel.internal.local;

import io.github.devicetunnel.internal.text.HostPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A listening TCP socket. */
public final class TcpListeningSocket implements ListeningSocket {
  private final ServerSocket socket;
  private final InetSocketAddress address;

  private TcpListeningSocket(ServerSocket socket) {
    this.socket = socket;
    this.address = (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /**
   * Binds to an address.
   *
   * @throws IOException if the address cannot be bound; the message names the address
   */
  public static TcpListeningSocket bind(InetSocketAddress address, int backlog) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(address, backlog);
      return new TcpListeningSocket(socket);
    } catch (IOException e) {
      socket.close();
      BindException named =
          new BindException("cannot listen on " + HostPort.of(address) + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    } catch (RuntimeException | Error e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public LocalSocket accept() throws IOException {
    Socket accepted = socket.accept();
    try {
      accepted.setTcpNoDelay(true);
      accepted.setOOBInline(true); // Otherwise urgent bytes would be missing from the stream.
      ClientKeepAlive.enable(accepted);
      return new TcpLocalSocket(accepted);
    } catch (Throwable e) {
      accepted.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  public boolean isOnEveryInterface() {
    return address.getAddress().isAnyLocalAddress();
  }

  @Override
  public String name() {
    return HostPort.of(address);
  }

  @Override
  public String threadName() {
    return Integer.toString(address.getPort());
  }
}
