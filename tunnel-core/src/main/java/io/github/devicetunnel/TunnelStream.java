package io.github.devicetunnel;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.websocket.FrameWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel as a pair of streams in this process, with no socket in between: bytes go straight
 * between the caller and the connection to the cloud.
 *
 * <p>One thread may read while another writes; a third may close, which frees both at once with an
 * exception. Nothing is read ahead, so nothing is learnt of the other end while nobody reads.
 */
public final class TunnelStream implements AutoCloseable {
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofSeconds(60);
  private static final int LARGEST_FRAME = 64 << 10;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Tunnel tunnel;
  private final Executor helpers;
  private final Consumer<Connections.Connection> onClosed;
  private final Handle handle = new Handle();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Input input = new Input();
  private final Output output = new Output();

  TunnelStream(Engine engine, Settings settings, Consumer<Connections.Connection> onClosed) {
    Duration halfClose = settings.timeouts().halfCloseTimeout();
    this.tunnel = new Tunnel(engine, settings, halfClose == null ? HALF_CLOSE_TIMEOUT : halfClose);
    this.helpers = engine.threads().helpers();
    this.onClosed = onClosed;
  }

  void open() throws IOException {
    boolean opened = false;
    try {
      tunnel.open();
      opened = true;
    } finally {
      if (!opened) {
        gone();
      }
    }
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
   * Says that nothing more will be written. The protocol cannot tell the service; what it still
   * sends can be read until it closes, or has been silent for the half-close timeout, 60 seconds by
   * default.
   */
  public void shutdownOutput() {
    output.close();
  }

  /**
   * Closes the tunnel in order: all that was written is sent before the close frame, whose answer
   * is awaited for at most two seconds. A thread that reads or writes meanwhile gets a {@link
   * TunnelException} at once. Doing it again does nothing.
   */
  @Override
  public void close() {
    tunnel.end(Ending.localClosed());
    if (!input.reading.tryLock()) {
      // A thread waits in a read, and only the end of the connection can free it.
      tunnel.abort();
      input.reading.lock();
    }
    try {
      tunnel.close();
    } finally {
      input.reading.unlock();
    }
    gone();
  }

  private void gone() {
    onClosed.accept(handle);
    closed.countDown();
  }

  /** How the client that opened this ends it. */
  Connections.Connection handle() {
    return handle;
  }

  private final class Handle implements Connections.Connection {
    @Override
    public void cut() {
      tunnel.end(Ending.shutdown());
      helpers.execute(TunnelStream.this::close);
    }

    @Override
    public boolean awaitClosed(long nanos) throws InterruptedException {
      return closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long unacknowledged() {
      return tunnel.unacknowledged();
    }
  }

  private final class Input extends InputStream {
    final ReentrantLock reading = new ReentrantLock();
    private @Nullable ByteBuffer payload = NOTHING; // guarded by reading; null at the end

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      reading.lock();
      try {
        if (endedHere()) {
          payload = null;
        } else if (payload != null && !payload.hasRemaining()) {
          payload = tunnel.next();
        }
        if (payload == null) {
          return end(tunnel.knownReason());
        }
        int count = Math.min(length, payload.remaining());
        payload.get(bytes, offset, count);
        return count;
      } finally {
        reading.unlock();
      }
    }

    private boolean endedHere() {
      CloseReason reason = tunnel.reason();
      return reason != null && reason.endedBy() == EndedBy.LOCAL;
    }

    private int end(CloseReason reason) throws TunnelException {
      if (reason.kind() == Kind.REMOTE_CLOSED && reason.isOrderly()) {
        return -1;
      }
      throw new TunnelException(reason);
    }

    @Override
    public int available() {
      if (!reading.tryLock()) {
        return 0;
      }
      try {
        return payload == null ? 0 : payload.remaining();
      } finally {
        reading.unlock();
      }
    }

    @Override
    public void close() {
      TunnelStream.this.close();
    }
  }

  private final class Output extends OutputStream {
    private final ReentrantLock writing = new ReentrantLock();
    private byte[] frame = new byte[0]; // guarded by writing
    private boolean shut; // guarded by writing

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      writing.lock();
      try {
        if (shut) {
          throw new IOException("the output of this tunnel was shut down");
        }
        int done = 0;
        while (done < length) {
          int count = Math.min(length - done, LARGEST_FRAME);
          // The caller's bytes stay as they are, and masking is done in place.
          if (frame.length < FrameWriter.HEADER_ROOM + count) {
            frame = new byte[FrameWriter.HEADER_ROOM + count];
          }
          System.arraycopy(bytes, offset + done, frame, FrameWriter.HEADER_ROOM, count);
          tunnel.write(frame, FrameWriter.HEADER_ROOM, count);
          done += count;
        }
      } finally {
        writing.unlock();
      }
    }

    @Override
    public void close() {
      writing.lock();
      try {
        shut = true;
        frame = new byte[0];
      } finally {
        writing.unlock();
      }
      tunnel.shutdownOutput();
    }
  }
}
