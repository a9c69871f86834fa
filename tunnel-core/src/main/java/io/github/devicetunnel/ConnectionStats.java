package io.github.devicetunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection at one moment.
 *
 * @param connection which one it is
 * @param state how far its life has come
 * @param age since the dial began; of a closed one, until it was ended
 * @param bytesUp bytes that were sent towards the service
 * @param bytesDown bytes that came from the service
 * @param unacknowledged bytes that were sent and of which the cloud has not confirmed, by the
 *     answer to a ping, that they arrived; without pings that is all of them
 * @param roundTrip how long the last ping that was answered took to the cloud and back, with all
 *     bytes that lay before it; null while none was answered
 */
public record ConnectionStats(
    ConnectionInfo connection,
    State state,
    Duration age,
    long bytesUp,
    long bytesDown,
    long unacknowledged,
    @Nullable Duration roundTrip) {

  /** How far the life of a connection has come. */
  public enum State {
    /** The cloud is being asked for a tunnel, or will be in a moment. */
    DIALING,
    /** Bytes are carried both ways. */
    OPEN,
    /** The local side has ended its output; what comes from the service is still delivered. */
    DRAINING,
    /** It was ended, and nothing is delivered any more. */
    CLOSING,
    /** Its socket to the cloud is closed. */
    CLOSED
  }
}
