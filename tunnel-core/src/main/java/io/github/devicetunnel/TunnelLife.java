package io.github.devicetunnel;

import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.internal.frames.WebSocket;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one connection and its close reason. The first close reason is final. No other class
 * stores this state.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>from</th><th>event</th><th>to</th></tr>
 * <tr><td>DIALING</td><td>the cloud granted the upgrade</td><td>OPEN</td></tr>
 * <tr><td>DIALING</td><td>the dial was rejected, failed or was cancelled</td><td>CLOSED</td></tr>
 * <tr><td>OPEN</td><td>the local side ended its output</td><td>DRAINING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>a close frame arrived and is answered</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>this side sends a close frame</td><td>CLOSING</td></tr>
 * <tr><td>DRAINING</td><td>no payload for the half-close timeout; this side sends a close
 *     frame</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>connection lost, liveness or write timeout, protocol
 *     violation</td><td>CLOSING</td></tr>
 * <tr><td>CLOSING</td><td>both close frames were exchanged, or two seconds
 *     passed</td><td>CLOSED</td></tr>
 * </table>
 *
 * <p>In CLOSING, no bytes are delivered in either direction. Incoming bytes are discarded.
 *
 * <p>This class is thread-safe, and no method blocks.
 */
final class TunnelLife {
  private final LongSupplier clock;

  // Written under this object's lock.
  private volatile State state = State.DIALING;
  private volatile @Nullable CloseReason reason;
  private volatile @Nullable WebSocket webSocket;
  private volatile long openedAt;

  /**
   * Creates the state of a connection that is being dialled.
   *
   * @param clock as {@link System#nanoTime}
   */
  TunnelLife(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Opens the connection after a granted upgrade. Returns false if the connection was closed during
   * the dial.
   */
  synchronized boolean open(WebSocket granted) {
    if (reason != null) {
      return false;
    }
    openedAt = clock.getAsLong();
    webSocket = granted;
    state = State.OPEN;
    return true;
  }

  /** Half-closes the connection. Returns false unless it is open and not yet half-closed. */
  synchronized boolean drain() {
    if (state != State.OPEN) {
      return false;
    }
    state = State.DRAINING;
    return true;
  }

  /** Ends the connection. Returns false if it has already ended; the first close reason stays. */
  synchronized boolean end(CloseReason why) {
    if (reason != null) {
      return false;
    }
    reason = why;
    if (webSocket != null) {
      state = State.CLOSING;
    }
    return true;
  }

  /** Replaces the close reason by one with final figures. */
  synchronized void complete(CloseReason counted) {
    reason = counted;
  }

  /** Sets the state to CLOSED, when all resources are released. */
  synchronized void close() {
    state = State.CLOSED;
  }

  State state() {
    return state;
  }

  /** Returns whether bytes are still delivered. */
  boolean isOpen() {
    return state == State.OPEN || state == State.DRAINING;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Returns the websocket; null until the connection opens. Does not change afterwards. */
  @Nullable WebSocket webSocket() {
    return webSocket;
  }

  /** Returns the nanoseconds since the connection opened. Undefined if it never opened. */
  long openNanos() {
    return clock.getAsLong() - openedAt;
  }

  /** Returns the close reason, or null if the connection has not ended. */
  @Nullable CloseReason reason() {
    return reason;
  }

  /** Returns the close reason of a connection that has ended. */
  CloseReason requireReason() {
    CloseReason known = reason;
    if (known == null) {
      throw new IllegalStateException("the tunnel has not ended");
    }
    return known;
  }
}
