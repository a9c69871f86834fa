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
 * The accepted side of a unix socket connection. Its streams call the channel directly, because on
 * Java 17 the two streams that {@code Channels} creates for one channel block each other.
 */
final class UnixLocalSocket implements LocalSocket {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final SocketChannel channel;

  // While either lock is free, the channel is in blocking mode.
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();

  /** The byte that a check has read, if any. Guarded by reading. */
  private ByteBuffer early = NONE;

  /**
   * Creates an object for an accepted channel.
   *
   * @param channel in blocking mode
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

  /** Closes the channel, because unix sockets have no reset; see {@link TunnelClient}. */
  @Override
  public void reset() {
    try {
      channel.close();
    } catch (IOException e) {
      // The channel was already closed.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Returns null: the connecting side of a unix socket usually has no address. */
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
        return CompletableFuture.completedFuture(false); // A write fails if the client has closed.
      }
      try {
        return CompletableFuture.completedFuture(isHungUp() && isReadToTheEnd());
      } finally {
        writing.unlock();
      }
    } catch (IOException e) {
      return CompletableFuture.completedFuture(true); // Reset, or closed by this side.
    } finally {
      reading.unlock();
    }
  }

  /**
   * Returns whether the peer has closed its socket, which causes a hang-up. A peer that has only
   * ended its output does not cause one (poll(2)). A selector reports a hang-up as readiness for
   * the registered operation. Nothing else makes a connected channel ready to connect.
   */
  private boolean isHungUp() throws IOException {
    Selector selector;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      return false; // not known: probably no file descriptor is free
    }
    try (selector) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_CONNECT);
      return selector.selectNow() > 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  /**
   * Returns whether all bytes of a peer that has closed have been read. The read does not block,
   * because the peer has closed.
   */
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

  /** Returns 0: written bytes are in the client's own queue, which closing does not discard. */
  @Override
  public CompletableFuture<OptionalLong> undelivered() {
    return CompletableFuture.completedFuture(OptionalLong.of(0));
  }
}
