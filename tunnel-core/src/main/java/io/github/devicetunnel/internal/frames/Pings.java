package io.github.devicetunnel.internal.frames;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The pings of a connection that are waiting for their pong. Each ping contains the number of bytes
 * sent before it and a random number, so that a cloud cannot acknowledge what it has not received;
 * see docs/rationale/data-path.md.
 *
 * <p>Thread-safe.
 */
final class Pings {
  /** With more waiting pings, the oldest one is forgotten. A later pong answers it as well. */
  private static final int MAX_WAITING = 64;

  /**
   * A ping that was sent.
   *
   * @param bytes number of payload bytes sent before it
   * @param nonce a random number
   * @param controls number of control frames sent before it
   * @param sentAt as {@link System#nanoTime}
   */
  record Ping(long bytes, long nonce, int controls, long sentAt) {
    byte[] payload() {
      return ByteBuffer.allocate(2 * Long.BYTES).putLong(bytes).putLong(nonce).array();
    }

    boolean isAnsweredBy(byte[] pong) {
      return Arrays.equals(pong, payload());
    }
  }

  private final Deque<Ping> waiting = new ArrayDeque<>(); // guarded by this

  /** Adds a ping, whose payload must be sent next. */
  synchronized Ping add(long bytes, int controls) {
    Ping ping = new Ping(bytes, FrameWriter.RANDOM.nextLong(), controls, System.nanoTime());
    if (waiting.size() == MAX_WAITING) {
      waiting.removeFirst();
    }
    waiting.addLast(ping);
    return ping;
  }

  /**
   * Returns the ping that a pong answers, and forgets it with all earlier pings (RFC 6455 section
   * 5.5.3). Returns null for a pong without a ping.
   */
  synchronized @Nullable Ping answeredBy(byte[] pong) {
    if (waiting.stream().noneMatch(ping -> ping.isAnsweredBy(pong))) {
      return null;
    }
    Ping ping;
    do {
      ping = waiting.removeFirst();
    } while (!ping.isAnsweredBy(pong));
    return ping;
  }
}
