package io.github.devicetunnel.internal.local;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.internal.net.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection of a unix socket. Its streams are the channel's own reads and writes:
 * those that {@code Channels} makes of one channel wait for each other on Java 17.
 */
final class UnixLocalSocket implements LocalSocket {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final SocketChannel channel;

  // The channel is in blocking mode whenever one of these is free.
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();

  /** The byte that a check has read, if it has. Guarded by reading. */
  private ByteBuffer early = NONE;

  /**
   * An end.
   *
   * @param channel blocking
   */
  UnixLocalSocket(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public InputStream inputStream() {
    return new BulkInputStream() {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        reading.lock();
        try {
          if (early.hasRemaining() && length > 0) {
            bytes[offset] = early.get();
            return 1;
          }
          return channel.read(ByteBuffer.wrap(bytes, offset, length));
        } finally {
          reading.unlock();
        }
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
        writing.lock();
        try {
          ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
          while (left.hasRemaining()) {
            channel.write(left);
          }
        } finally {
          writing.unlock();
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

  @Override
  public CompletableFuture<Boolean> hasClientLeft(boolean readToEnd) {
    if (!reading.tryLock()) {
      return CompletableFuture.completedFuture(false);
    }
    try {
      if (!writing.tryLock()) {
        return CompletableFuture.completedFuture(false); // A closed client fails that write.
      }
      try {
        return CompletableFuture.completedFuture(isHungUp() && isReadToTheEnd());
      } finally {
        writing.unlock();
      }
    } catch (IOException e) {
      return CompletableFuture.completedFuture(true); // Reset, or closed by this end.
    } finally {
      reading.unlock();
    }
  }

  /**
   * Asks the system for a hang-up, which a closed peer causes and one that has only shut its output
   * does not (poll(2)). A selector reports it as readiness for whatever it was asked for; nothing
   * else makes a connected channel ready to connect.
   */
  private boolean isHungUp() throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_CONNECT);
      return selector.selectNow() > 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /** Of a peer that has closed, so that a read does not wait. */
  private boolean isReadToTheEnd() throws IOException {
    if (early.hasRemaining()) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.allocate(1);
    if (channel.read(bytes) < 0) {
      return true;
    }
    early = bytes.flip();
    return false;
  }

  /** What was written is in the client's own queue, which no close takes away. */
  @Override
  public CompletableFuture<OptionalLong> undelivered() {
    return CompletableFuture.completedFuture(OptionalLong.of(0));
  }
}
