package io.github.devicetunnel;

import io.github.devicetunnel.internal.frames.WebSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one connection, which are available before it opens, while it is open, and after
 * its end. Thread-safe.
 */
final class ConnectionMetrics {
  private final long startedAt = System.nanoTime();
  private final ConnectionInfo connection;
  private final TunnelLife life;

  /** Creates the figures of a connection whose dial begins now. */
  ConnectionMetrics(ConnectionInfo connection, TunnelLife life) {
    this.connection = connection;
    this.life = life;
  }

  /** Returns the start of the dial, as {@link System#nanoTime}. */
  long startedAt() {
    return startedAt;
  }

  long sent() {
    WebSocket socket = life.webSocket();
    return socket == null ? 0 : socket.sent();
  }

  long received() {
    WebSocket socket = life.webSocket();
    return socket == null ? 0 : socket.received();
  }

  /** Returns the number of bytes sent that the cloud has not confirmed. */
  long unacknowledged() {
    WebSocket socket = life.webSocket();
    return socket == null ? 0 : socket.unacknowledged();
  }

  /** Returns whether sent bytes are unconfirmed, or the close frame has not been sent. */
  boolean isSending() {
    WebSocket socket = life.webSocket();
    return socket != null && (socket.unacknowledged() > 0 || !socket.isCloseSent());
  }

  private @Nullable Duration roundTrip() {
    WebSocket socket = life.webSocket();
    return socket == null ? null : socket.roundTrip();
  }

  /** Returns the close reason of a connection that ends now. */
  CloseReason reason(CloseCause cause) {
    return cause.reason(sent(), received(), startedAt);
  }

  /** Returns a close reason with the current numbers of bytes. */
  CloseReason counted(CloseReason reason) {
    return reason.withBytes(sent(), received());
  }

  ConnectionStats stats() {
    CloseReason why = life.isClosed() ? life.reason() : null;
    return new ConnectionStats(
        connection,
        life.state(),
        why == null ? Duration.ofNanos(System.nanoTime() - startedAt) : why.duration(),
        sent(),
        received(),
        unacknowledged(),
        roundTrip());
  }
}
