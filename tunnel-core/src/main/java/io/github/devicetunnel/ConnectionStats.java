package io.github.devicetunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one connection. Immutable.
 *
 * @param connection identity and target of the connection
 * @param state state of the connection
 * @param age time since the dial began; for a closed connection, time from the dial to its end
 * @param bytesUp bytes sent to the service
 * @param bytesDown bytes received from the service
 * @param bytesUnconfirmed bytes sent that the cloud has not confirmed with a pong; without pings,
 *     all bytes sent
 * @param roundTrip round-trip time of the last answered ping, including the transfer of the bytes
 *     sent before the ping; null until a ping is answered
 */
public record ConnectionStats(
    ConnectionInfo connection,
    State state,
    Duration age,
    long bytesUp,
    long bytesDown,
    long bytesUnconfirmed,
    @Nullable Duration roundTrip) {

  /** The state of a connection. */
  public enum State {
    /** The connection is being dialled, or is about to be dialled. */
    DIALING,
    /** Bytes are carried in both directions. */
    OPEN,
    /** The local side has ended its output; bytes from the service are still delivered. */
    DRAINING,
    /** The connection has ended and delivers no more bytes; the close handshake is in progress. */
    CLOSING,
    /** The socket to the cloud is closed. */
    CLOSED
  }
}
