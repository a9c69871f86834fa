package io.github.devicetunnel;

import io.github.devicetunnel.internal.frames.FrameWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending half of a stream: makes frames of what is written. One thread writes at a time;
 * others wait for it.
 */
final class StreamWriter {
  private static final int LARGEST_FRAME = 64 << 10;

  private final Tunnel tunnel;
  private final ReentrantLock writing = new ReentrantLock();
  private byte[] frame = new byte[0]; // guarded by writing
  private volatile boolean shut;

  StreamWriter(Tunnel tunnel) {
    this.tunnel = tunnel;
  }

  /**
   * Returns when the socket to the cloud has taken all of it.
   *
   * @throws IOException after {@link #shutdown}
   * @throws TunnelException when the tunnel has ended; a part of the bytes may have been sent
   */
  void write(ByteBuffer source) throws IOException {
    writing.lock();
    try {
      if (shut) {
        throw new IOException("the output of this tunnel was shut down");
      }
      while (source.hasRemaining()) {
        int count = Math.min(source.remaining(), LARGEST_FRAME);
        // The caller's bytes stay as they are, and masking is done in place.
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
        shutdown(); // It came meanwhile, and could not get in; perhaps not even past a failure.
      }
    }
  }

  /** Takes nothing more. Never waits: a write that is under way goes on to its end. */
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
