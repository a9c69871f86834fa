package io.github.devicetunnel;

import io.github.devicetunnel.internal.net.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A tunnel as a pair of streams in this process, with no socket in between: bytes go straight
 * between the caller and the connection to the cloud.
 *
 * <p>One thread may read while another writes; a third may close. Two that read, or two that write,
 * take turns.
 *
 * <table>
 * <caption>What ends a call</caption>
 * <tr><th>when</th><th>a read</th><th>a write</th></tr>
 * <tr><td>the service closes in order</td><td>gets the end of the stream after the last byte</td>
 *     <td>{@link TunnelException}</td></tr>
 * <tr><td>the tunnel ends otherwise</td><td>{@link TunnelException} after the last byte</td>
 *     <td>{@link TunnelException}</td></tr>
 * <tr><td>this end closes, before or meanwhile</td><td>{@link TunnelException} at once; meanwhile,
 *     with bytes on the way, when the cloud has confirmed them, after two seconds at most</td>
 *     <td>{@link TunnelException}, after two seconds at most</td></tr>
 * <tr><td>{@link #shutdownOutput}</td><td>goes on</td><td>{@link IOException}; one that is under way
 *     goes on</td></tr>
 * <tr><td>the read timeout passes</td><td>{@link SocketTimeoutException}; nothing is lost</td>
 *     <td></td></tr>
 * <tr><td>the thread is interrupted</td><td>as with a {@link java.net.Socket}: a platform thread
 *     waits on, a virtual one ends the tunnel; but where another thread holds the place in the
 *     stream, an {@link InterruptedIOException} with which nothing is lost</td><td>a platform thread
 *     goes on, a virtual one ends the tunnel</td></tr>
 * </table>
 */
public final class TunnelStream implements AutoCloseable {
  private final StreamLife life;
  private final StreamReader reader;
  private final StreamWriter writer;
  private final Input input = new Input();
  private final Output output = new Output();

  private volatile Duration readTimeout = Duration.ZERO;

  TunnelStream(
      SharedResources engine,
      Settings settings,
      ConnectionEvents events,
      Consumer<StreamLife> onClosed) {
    this.life = new StreamLife(engine, settings, events, onClosed);
    this.reader = life.reader();
    this.writer = life.writer();
  }

  /** How it opens and ends, for those who do. */
  StreamLife life() {
    return life;
  }

  /**
   * What the service sends. The end of the stream means that the service closed in order; any other
   * end is a {@link TunnelException}. Closing it closes the tunnel.
   *
   * @return the same stream at every call
   */
  public InputStream inputStream() {
    return input;
  }

  /**
   * What the service gets. A write returns when the socket to the cloud has taken the bytes; there
   * is nothing to flush. Closing it is the same as {@link #shutdownOutput}.
   *
   * @return the same stream at every call
   */
  public OutputStream outputStream() {
    return output;
  }

  /**
   * The same bytes as a channel, which blocks. After the close, a read or write throws {@link
   * ClosedChannelException}, and one that is under way {@link AsynchronousCloseException}; all else
   * is as with the streams. Closing it closes the tunnel.
   *
   * @return a view of this stream
   */
  public ByteChannel channel() {
    return new Channel();
  }

  /**
   * How long a read waits for its first byte before it is a {@link SocketTimeoutException}, after
   * which the stream can be used as before.
   *
   * @param timeout zero, as at first, for as long as it takes; counts for reads that begin later
   * @throws IllegalArgumentException when it is negative
   */
  public void setReadTimeout(Duration timeout) {
    readTimeout = Durations.notNegative("readTimeout", timeout);
  }

  /** {@return how long a read waits for its first byte, zero for as long as it takes} */
  public Duration readTimeout() {
    return readTimeout;
  }

  /**
   * Says that nothing more will be written. The protocol cannot tell the service; what it still
   * sends can be read until it closes, or has been silent for the half-close timeout, 60 seconds by
   * default. Never waits: a write that is under way goes on to its end.
   */
  public void shutdownOutput() {
    writer.shutdown();
  }

  /**
   * Tells how the tunnel ended, once it has, and its socket is closed: also when the service closed
   * and this end did not. What has not been read by then must be read first.
   *
   * @return completed on the thread that closed it, which callbacks must not keep; they may call
   *     anything here
   */
  public CompletionStage<CloseReason> whenClosed() {
    return life.whenClosed();
  }

  /**
   * Closes the tunnel in order: all that was written is sent before the close frame, whose answer
   * is awaited for at most two seconds. Threads that read or write get a {@link TunnelException}.
   * Doing it again does nothing. In a callback of a {@link TunnelEventListener} it does not wait.
   */
  @Override
  public void close() {
    life.close();
  }

  /**
   * {@return this connection's figures, as they are now; as they were at the end if it is closed}
   */
  public ConnectionStats stats() {
    return life.stats();
  }

  /** Throws away what the service sends. Never waits. */
  void shutdownInput() {
    reader.discard();
  }

  @Override
  public String toString() {
    return "TunnelStream[" + life + "]";
  }

  private final class Input extends BulkInputStream {
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return reader.read(ByteBuffer.wrap(bytes, offset, length), readTimeout);
    }

    @Override
    public int available() {
      return reader.available();
    }

    @Override
    public void close() {
      TunnelStream.this.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      writer.write(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void close() {
      shutdownOutput();
    }
  }

  private final class Channel implements ByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      checkOpen();
      try {
        return reader.read(target, readTimeout);
      } catch (TunnelException e) {
        throw closedMeanwhile(e);
      }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      checkOpen();
      int count = source.remaining();
      try {
        writer.write(source);
      } catch (TunnelException e) {
        throw closedMeanwhile(e);
      }
      return count;
    }

    private IOException closedMeanwhile(TunnelException e) {
      return life.isClosedHere() ? (IOException) new AsynchronousCloseException().initCause(e) : e;
    }

    private void checkOpen() throws ClosedChannelException {
      if (life.isClosedHere()) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public boolean isOpen() {
      return !life.isClosedHere();
    }

    @Override
    public void close() {
      TunnelStream.this.close();
    }
  }
}
