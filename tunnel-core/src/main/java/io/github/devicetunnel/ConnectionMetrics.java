package io.github.devicetunnel;

import io.github.devicetunnel.internal.frames.WebSocket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be read off one connection at any time, by any thread: before it opens, while it is
 * open, and after its end.
 */
final class ConnectionMetrics {
  private final long startedAt = System.nanoTime();
  private final ConnectionInfo connection;
  private final TunnelLife life;

  /** Of a connection whose dial begins now. */
  ConnectionMetrics(ConnectionInfo connection, TunnelLife life) {
    this.connection = connection;
    this.life = life;
  }

  /** When the dial began, by {@link System#nanoTime}. */
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

  /** Bytes sent of which the cloud has not confirmed that they arrived. */
  long unacknowledged() {
    WebSocket socket = life.webSocket();
    return socket == null ? 0 : socket.unacknowledged();
  }

  /** Whether anything is on the way of which the cloud has not confirmed that it arrived. */
  boolean isSending() {
    WebSocket socket = life.webSocket();
    return socket != null && (socket.unacknowledged() > 0 || !socket.isCloseSent());
  }

  private @Nullable Duration roundTrip() {
    WebSocket socket = life.webSocket();
    return socket == null ? null : socket.roundTrip();
  }

  /** The figures of an end that comes now. */
  CloseReason reason(CloseCause ending) {
    return ending.reason(sent(), received(), startedAt);
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
