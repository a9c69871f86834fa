package io.github.devicetunnel;

import io.github.devicetunnel.websocket.PieceInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection of a unix socket. Its streams are the channel's own reads and writes:
 * those that {@code Channels} makes of one channel wait for each other on Java 17.
 */
final class UnixEnd implements LocalEnd {
  private final SocketChannel channel;

  /**
   * An end.
   *
   * @param channel blocking
   */
  UnixEnd(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public InputStream inputStream() {
    return new PieceInput() {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(bytes, offset, length));
      }
    };
  }

  @Override
  public OutputStream outputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        while (left.hasRemaining()) {
          channel.write(left);
        }
      }
    };
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  /** Unix sockets have no reset of their own: see {@link TunnelClient}, which tells of it. */
  @Override
  public void reset() {
    try {
      channel.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Programs do not bind the end that they connect with, so it has none. */
  @Override
  public @Nullable InetSocketAddress client() {
    return null;
  }
}
