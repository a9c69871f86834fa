package io.github.devicetunnel;

import io.github.devicetunnel.internal.frames.FrameWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending half of a stream. Splits written bytes into frames. Concurrent writes wait for each
 * other.
 */
final class StreamWriter {
  private static final int MAX_FRAME = 64 << 10;

  private final Tunnel tunnel;
  private final ReentrantLock writing = new ReentrantLock();
  private byte[] frame = new byte[0]; // guarded by writing
  private volatile boolean shut;

  StreamWriter(Tunnel tunnel) {
    this.tunnel = tunnel;
  }

  /**
   * Writes all bytes. Returns when the socket to the cloud has accepted them.
   *
   * @throws IOException after {@link #shutdown}
   * @throws TunnelException if the tunnel has ended; some of the bytes may have been sent
   */
  void write(ByteBuffer source) throws IOException {
    writing.lock();
    try {
      if (shut) {
        throw new IOException("the output of this tunnel was shut down");
      }
      while (source.hasRemaining()) {
        int count = Math.min(source.remaining(), MAX_FRAME);
        // Copied, because masking in place must not change the caller's bytes.
        if (frame.length < FrameWriter.HEADER_ROOM + count) {
          frame = new byte[FrameWriter.HEADER_ROOM + count];
        }
        source.get(source.position(), frame, FrameWriter.HEADER_ROOM, count);
        tunnel.write(frame, FrameWriter.HEADER_ROOM, count);
        source.position(source.position() + count);
      }
    } finally {
      writing.unlock();
      if (shut) {
        shutdown(); // a concurrent call could not get the lock; also after a failed write
      }
    }
  }

  /** Ends the output. Does not block: a write in progress continues. */
  void shutdown() {
    shut = true;
    if (writing.tryLock()) {
      try {
        frame = new byte[0];
      } finally {
        writing.unlock();
      }
      tunnel.shutdownOutput();
    }
  }
}
