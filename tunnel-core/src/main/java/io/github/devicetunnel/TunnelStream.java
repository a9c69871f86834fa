package io.github.devicetunnel;

import io.github.devicetunnel.internal.concurrent.Admission;
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
 * A tunnel as a pair of streams in this process, without a local socket. Bytes pass directly
 * between the caller and the connection to the cloud.
 *
 * <p>This class is thread-safe. One thread may read while another writes and a third closes.
 * Concurrent reads wait for each other, and so do concurrent writes.
 *
 * <table>
 * <caption>How calls end</caption>
 * <tr><th>event</th><th>read</th><th>write</th></tr>
 * <tr><td>the service closes the connection</td><td>returns the end of the stream after the last
 *     byte</td><td>{@link TunnelException}</td></tr>
 * <tr><td>the tunnel fails</td><td>{@link TunnelException} after the last byte</td>
 *     <td>{@link TunnelException}</td></tr>
 * <tr><td>{@link #close}, before the call</td><td>{@link TunnelException} at once</td>
 *     <td>{@link TunnelException}</td></tr>
 * <tr><td>{@link #close}, during the call</td><td>{@link TunnelException}: at once, or if sent
 *     bytes are unconfirmed, when the cloud has confirmed them, after at most two seconds</td>
 *     <td>{@link TunnelException} after at most two seconds</td></tr>
 * <tr><td>{@link #shutdownOutput}</td><td>continues</td><td>{@link IOException}; a write in
 *     progress continues</td></tr>
 * <tr><td>the read timeout passes</td><td>{@link SocketTimeoutException}; no bytes are lost</td>
 *     <td>not applicable</td></tr>
 * <tr><td>the thread is interrupted</td><td>as with a {@link java.net.Socket}: a platform thread
 *     continues to wait, a virtual thread ends the tunnel. If another thread is reading,
 *     {@link InterruptedIOException}; no bytes are lost</td><td>a platform thread continues, a
 *     virtual thread ends the tunnel</td></tr>
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
      SharedResources resources,
      Settings settings,
      Admission.Permit permit,
      ConnectionEvents events,
      Consumer<StreamLife> onClosed) {
    this.life = new StreamLife(resources, settings, permit, events, onClosed);
    this.reader = life.reader();
    this.writer = life.writer();
  }

  /** Returns the lifecycle of this stream, for the classes that open and end it. */
  StreamLife life() {
    return life;
  }

  /**
   * Returns the bytes that the service sends. The end of the stream means that the service closed
   * the connection; any other end causes a {@link TunnelException}. Closing the input stream closes
   * the tunnel.
   *
   * @return the same object at every call
   */
  public InputStream inputStream() {
    return input;
  }

  /**
   * Returns the stream of bytes to the service. A write returns when the socket to the cloud has
   * accepted the bytes; flushing has no effect. Closing the output stream is the same as {@link
   * #shutdownOutput}.
   *
   * @return the same object at every call
   */
  public OutputStream outputStream() {
    return output;
  }

  /**
   * Returns a blocking channel for the same bytes. After {@link #close}, a read or write throws
   * {@link ClosedChannelException}; a call in progress throws {@link AsynchronousCloseException}.
   * Otherwise the channel behaves like the streams. Closing the channel closes the tunnel.
   *
   * @return a view of this stream
   */
  public ByteChannel channel() {
    return new Channel();
  }

  /**
   * Sets how long a read waits for its first byte before it throws {@link SocketTimeoutException}.
   * The stream stays usable after the timeout. Applies to reads that start after this call.
   *
   * @param timeout zero, the default, for no limit
   * @throws IllegalArgumentException if the timeout is negative
   */
  public void setReadTimeout(Duration timeout) {
    readTimeout = Durations.notNegative("readTimeout", timeout);
  }

  /** {@return how long a read waits for its first byte; zero for no limit} */
  public Duration readTimeout() {
    return readTimeout;
  }

  /**
   * Half-closes the tunnel: ends the output and keeps the input open. The protocol cannot report
   * this to the service. Input continues until the service closes the connection, or sends nothing
   * for the half-close timeout, 60 seconds by default. Does not block; a write in progress
   * continues.
   */
  public void shutdownOutput() {
    writer.shutdown();
  }

  /**
   * Returns a stage that completes with the close reason when the tunnel has ended and its socket
   * is closed. It also completes if the service closed the connection and {@link #close} was not
   * called. An end by the service is detected only after all bytes before it have been read.
   *
   * @return a stage that completes on the thread that closed the tunnel. Callbacks must not block
   *     that thread, and may call any method of this stream
   */
  public CompletionStage<CloseReason> whenClosed() {
    return life.whenClosed();
  }

  /**
   * Closes the tunnel. Sends all written bytes and then the close frame, and waits for the answer
   * for at most two seconds. Threads that read or write get a {@link TunnelException}. Closing
   * again has no effect. Does not wait when called from a callback of a {@link
   * TunnelEventListener}.
   */
  @Override
  public void close() {
    life.close();
  }

  /**
   * {@return whether bytes from the service can still arrive: false before the tunnel opens, after
   * {@link #close}, and after the service has closed the connection and the last byte was read}
   */
  public boolean isOpen() {
    return life.isOpen();
  }

  /**
   * {@return the current statistics of this connection; of a closed connection, those at its end}
   */
  public ConnectionStats stats() {
    return life.stats();
  }

  /** Discards the bytes that the service sends. Does not block. */
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
