package io.github.devicetunnel.internal.local;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A listening unix socket. */
public final class UnixListeningSocket implements ListeningSocket {
  private final ServerSocketChannel channel;
  private final UnixDomainSocketAddress address;
  private final SocketFile file;

  private UnixListeningSocket(
      ServerSocketChannel channel, UnixDomainSocketAddress address, SocketFile file) {
    this.channel = channel;
    this.address = address;
    this.file = file;
  }

  /**
   * Binds to a path.
   *
   * @throws IOException if the path cannot be bound; the message names the path, and the cause
   *     contains the reason alone
   */
  public static UnixListeningSocket bind(UnixDomainSocketAddress address, int backlog)
      throws IOException {
    Path path = address.getPath();
    try {
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        SocketFile file =
            SocketFile.create(
                path, place -> channel.bind(UnixDomainSocketAddress.of(place), backlog));
        return new UnixListeningSocket(channel, address, file);
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    } catch (UnsupportedOperationException e) {
      throw failure(
          path, "this system does not support unix sockets with file permissions; use a port");
    } catch (NoSuchFileException e) {
      throw failure(path, "the folder does not exist; create it");
    } catch (AccessDeniedException e) {
      throw failure(path, "no permission to write to the folder");
    } catch (IOException e) {
      throw failure(path, String.valueOf(e.getMessage()));
    }
  }

  private static BindException failure(Path path, String why) {
    BindException named = new BindException("cannot listen on unix:" + path + ": " + why);
    named.initCause(new IOException(why));
    return named;
  }

  @Override
  public LocalSocket accept() throws IOException {
    SocketChannel accepted = channel.accept();
    try {
      return new UnixLocalSocket(accepted);
    } catch (Throwable e) {
      accepted.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      file.delete();
    } finally {
      channel.close();
    }
  }

  @Override
  public UnixDomainSocketAddress address() {
    return address;
  }

  @Override
  public String name() {
    return "unix:" + address;
  }

  @Override
  public String threadName() {
    return String.valueOf(address.getPath().getFileName());
  }
}
