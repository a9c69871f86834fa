package io.github.devicetunnel;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(60);

  /** How long nobody may read before somebody else looks what comes, when there are no pings. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

  private final Engine engine;
  private final Settings settings;
  private final Consumer<Connections.Connection> onClosed;
  private final Tunnel tunnel;
  private final StreamReader reader;
  private final StreamWriter writer;
  private final Input input = new Input();
  private final Output output = new Output();
  private final Handle handle = new Handle();

  private volatile Duration readTimeout = Duration.ZERO;
  private volatile boolean closedHere;
  private volatile @Nullable Future<?> looks;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<CloseReason> whenClosed = new CompletableFuture<>();

  TunnelStream(
      Engine engine,
      Settings settings,
      ConnectionEvents events,
      Consumer<Connections.Connection> onClosed) {
    this.engine = engine;
    this.settings = settings;
    this.onClosed = onClosed;
    Duration halfClose = settings.timeouts().halfCloseTimeout();
    this.tunnel =
        new Tunnel(engine, settings, events, halfClose == null ? HALF_CLOSE_TIMEOUT : halfClose);
    this.reader = new StreamReader(tunnel, this::startStandIn, this::endSoon);
    this.writer = new StreamWriter(tunnel);
  }

  void open() throws IOException {
    boolean opened = false;
    reader.beginDial();
    try {
      tunnel.open();
      Timeouts timeouts = settings.timeouts();
      long nanos =
          TimeUnit.NANOSECONDS.convert(timeouts.pings() ? timeouts.pingInterval() : LOOK_INTERVAL);
      looks =
          engine.timers().scheduleWithFixedDelay(reader::look, nanos, nanos, TimeUnit.NANOSECONDS);
      opened = true;
    } finally {
      reader.endDial();
      if (!opened) {
        end();
      }
    }
  }

  /**
   * As {@link #open()}, within a time.
   *
   * @param limit zero for none but those that were set for the client
   * @throws SocketTimeoutException when it passed
   */
  void open(Duration limit) throws IOException {
    if (limit.isZero()) {
      open();
      return;
    }
    AtomicBoolean passed = new AtomicBoolean();
    Runnable giveUp =
        () -> {
          passed.set(true); // First: the end of the dial is felt before this returns.
          tunnel.giveUpDial(limit);
        };
    Future<?> limiting = engine.timers().schedule(giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
    try {
      open();
      if (passed.get()) {
        closeSoon(); // In that very moment: it may have been given up.
        throw timedOut(limit, null);
      }
    } catch (TunnelException e) {
      throw passed.get() ? timedOut(limit, e) : e;
    } finally {
      limiting.cancel(false);
    }
  }

  private static SocketTimeoutException timedOut(Duration limit, @Nullable TunnelException e) {
    String message = e == null ? "no tunnel within " + Durations.seconds(limit) : e.getMessage();
    SocketTimeoutException timeout = new SocketTimeoutException(message);
    timeout.initCause(e);
    return timeout;
  }

  private void startStandIn(Runnable task) {
    engine.threads().start("tunnel-stand-in " + settings.target(), task);
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
    return whenClosed.minimalCompletionStage();
  }

  /**
   * Closes the tunnel in order: all that was written is sent before the close frame, whose answer
   * is awaited for at most two seconds. Threads that read or write get a {@link TunnelException}.
   * Doing it again does nothing. In a callback of a {@link TunnelEventListener} it does not wait.
   */
  @Override
  public void close() {
    if (ConnectionEvents.isCallingAny()) {
      closeSoon(); // What would be waited for is this very thread, or one that waits for it.
      return;
    }
    endHere();
    end();
    awaitClosed();
  }

  /** As {@link #close}, on another thread. Never waits. */
  void closeSoon() {
    endHere();
    endSoon();
  }

  private void endHere() {
    closedHere = true;
    tunnel.end(Ending.localClosed());
    reader.wake();
  }

  private void endSoon() {
    engine.threads().helpers().execute(this::end);
  }

  /** Gives everything back, on the first thread that comes. */
  private void end() {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    try {
      reader.retire();
      // Not before: an open that is under way begins them.
      Future<?> planned = looks;
      if (planned != null) {
        planned.cancel(false);
      }
      tunnel.close();
    } finally {
      onClosed.accept(handle);
      closed.countDown();
      whenClosed.complete(tunnel.knownReason());
    }
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (closed.getCount() > 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * {@return this connection's figures, as they are now; as they were at the end if it is closed}
   */
  public ConnectionStats stats() {
    return tunnel.stats();
  }

  /** How the client that opened this ends it. */
  Connections.Connection handle() {
    return handle;
  }

  private final class Handle implements Connections.Connection {
    @Override
    public void cut() {
      tunnel.end(Ending.shutdown());
      reader.wake();
      endSoon();
    }

    @Override
    public boolean awaitClosed(long nanos) throws InterruptedException {
      return tunnel.awaitClosed(nanos) && closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long unacknowledged() {
      return tunnel.unacknowledged();
    }

    @Override
    public ConnectionStats stats() {
      return tunnel.stats();
    }
  }

  /** Throws away what the service sends. Never waits. */
  void shutdownInput() {
    reader.discard();
  }

  @Override
  public String toString() {
    return "TunnelStream[" + tunnel + "]";
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

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
      return closedHere ? (IOException) new AsynchronousCloseException().initCause(e) : e;
    }

    private void checkOpen() throws ClosedChannelException {
      if (closedHere) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public boolean isOpen() {
      return !closedHere;
    }

    @Override
    public void close() {
      TunnelStream.this.close();
    }
  }
}
