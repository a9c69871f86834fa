package io.github.devicetunnel;

import io.github.devicetunnel.ConnectionStats.State;
import io.github.devicetunnel.internal.frames.WebSocket;
import org.jspecify.annotations.Nullable;

/**
 * Whether one connection is open, and why it ended; the first reason counts. Nobody else knows.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>in</th><th>when</th><th>goes to</th></tr>
 * <tr><td>DIALING</td><td>the cloud granted the upgrade</td><td>OPEN</td></tr>
 * <tr><td>DIALING</td><td>refused, failed, or ended by us</td><td>CLOSED</td></tr>
 * <tr><td>OPEN</td><td>the local side ended its output</td><td>DRAINING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>a close frame came; we answer it</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>we end it: our close frame goes out</td><td>CLOSING</td></tr>
 * <tr><td>DRAINING</td><td>no payload for the half-close timeout: our close frame</td><td>CLOSING</td></tr>
 * <tr><td>OPEN, DRAINING</td><td>connection lost, silent, stuck; a rule broken</td><td>CLOSING</td></tr>
 * <tr><td>CLOSING</td><td>both close frames were exchanged, or two seconds passed</td><td>CLOSED</td></tr>
 * </table>
 *
 * <p>In CLOSING nothing is delivered any more in either direction; what still comes is thrown away.
 *
 * <p>All methods may be called from any thread, and none waits.
 */
final class TunnelLife {
  // Written under this object's lock.
  private volatile State state = State.DIALING;
  private volatile @Nullable CloseReason reason;
  private volatile @Nullable WebSocket webSocket;
  private volatile long openedAt;

  /** The upgrade was granted. False when the connection had been ended, and does not open. */
  synchronized boolean open(WebSocket granted) {
    if (reason != null) {
      return false;
    }
    openedAt = System.nanoTime();
    webSocket = granted;
    state = State.OPEN;
    return true;
  }

  /** The local side has ended its output. False when it is not open any more, or did so before. */
  synchronized boolean drain() {
    if (state != State.OPEN) {
      return false;
    }
    state = State.DRAINING;
    return true;
  }

  /** It ends. False when it had ended before, and for another reason. */
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

  /** Everything was given back. */
  synchronized void close() {
    state = State.CLOSED;
  }

  State state() {
    return state;
  }

  /** Whether bytes are still delivered. */
  boolean isOpen() {
    return state == State.OPEN || state == State.DRAINING;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Null until it opens, and from then on the same. */
  @Nullable WebSocket webSocket() {
    return webSocket;
  }

  /** For how long it has been open, in nanoseconds, if it ever was. */
  long openNanos() {
    return System.nanoTime() - openedAt;
  }

  /** Null while it has not ended. */
  @Nullable CloseReason reason() {
    return reason;
  }

  /** For those who know that it has ended. */
  CloseReason requireReason() {
    CloseReason known = reason;
    if (known == null) {
      throw new IllegalStateException("the tunnel has not ended");
    }
    return known;
  }
}
