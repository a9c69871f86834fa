package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Cut;
import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A fault of the service that affects one tunnel. Immutable and reusable; order faults with {@link
 * FaultOrders}.
 *
 * <pre>{@code
 * service.device(DEVICE).faults()
 *     .onNextConnect(Fault.refuse(503).retryAfter(Duration.ofSeconds(1)))
 *     .onNextConnect(
 *         Fault.cutAfter(1000, Direction.TOWARD_CLIENT, Cut.RST).delayed(Duration.ofSeconds(2)));
 * }</pre>
 *
 * <p>Byte counts refer to the payload since the beginning of the tunnel. For faults within a frame
 * or within TLS, use {@link FaultProxy}.
 */
public sealed interface Fault permits Refusal, DelayedFault, PlainFault, Strike {
  /**
   * Rejects the upgrade with an error.
   *
   * @param status the HTTP status, from 200 to 599
   * @return an error response with a JSON body, which can be customized
   * @throws IllegalArgumentException if the status is out of range
   */
  static Refusal refuse(int status) {
    return Refusal.of(status);
  }

  /**
   * Never answers the upgrade. The request waits until the client disconnects or the service is
   * closed.
   *
   * @return the fault
   */
  static Fault hang() {
    return PlainFault.NO_ANSWER;
  }

  /**
   * Delays the processing of the request, including the dial of the service. The request is then
   * processed normally.
   *
   * @param time the delay; zero for no delay
   * @return the fault
   * @throws IllegalArgumentException if the delay is negative
   */
  static Fault delay(Duration time) {
    return none().delayed(time);
  }

  /**
   * Aborts the tunnel, in both directions, without a close frame.
   *
   * @param bytes the number of bytes to forward in the given direction before the abort; 0 to abort
   *     as soon as the tunnel is open
   * @param direction the direction in which bytes are counted
   * @param how the kind of abort that the client sees. A {@link Cut#FIN} between two messages is
   *     the end of the stream, unless the client was built with {@link
   *     io.github.devicetunnel.BareClose#RESET}. After a {@link Cut#FIN} the service sends nothing
   *     and discards bytes from the client, until the client closes or for 30 seconds
   * @return the fault
   * @throws IllegalArgumentException if the number is negative
   */
  static Fault cutAfter(long bytes, Direction direction, Cut how) {
    return Strike.after(bytes, direction, client -> client.cut(how));
  }

  /**
   * Closes the tunnel from the cloud side with a close frame.
   *
   * @param bytes the number of bytes to forward in the given direction before the close; 0 to close
   *     as soon as the tunnel is open
   * @param direction the direction in which bytes are counted
   * @param code the close code, from 1000 to 4999, including codes that must not be sent; 1005 for
   *     a close frame without a code
   * @param reason the reason, at most 123 bytes in UTF-8
   * @return the fault
   * @throws IllegalArgumentException if an argument is out of range
   */
  static Fault closeAfter(long bytes, Direction direction, int code, String reason) {
    if (code < 1000 || code > 4999) {
      throw new IllegalArgumentException("code must be from 1000 to 4999, but is " + code);
    }
    int length = reason.getBytes(StandardCharsets.UTF_8).length;
    if (length > 123) {
      throw new IllegalArgumentException("reason must have at most 123 bytes, but has " + length);
    }
    return Strike.after(bytes, direction, client -> client.close(code, reason));
  }

  /**
   * Closes the tunnel from the cloud side as soon as it is open; see {@link #closeAfter}.
   *
   * @param code the close code, from 1000 to 4999
   * @param reason the reason, at most 123 bytes in UTF-8
   * @return the fault
   * @throws IllegalArgumentException if an argument is out of range
   */
  static Fault close(int code, String reason) {
    return closeAfter(0, Direction.TOWARD_CLIENT, code, reason);
  }

  /**
   * Stops forwarding in one direction until {@link TunnelService#resume}. No bytes are lost. If the
   * direction toward the client is stalled, the service sends no payload but still answers pings.
   * If the direction toward the cloud is stalled, the service does not read from the client and
   * therefore does not answer pings.
   *
   * @param bytes the number of bytes to forward before the stall
   * @param direction the stalled direction; the other one is not affected
   * @return the fault
   * @throws IllegalArgumentException if the number is negative
   */
  static Fault stallAfter(long bytes, Direction direction) {
    return Strike.stallAfter(bytes, direction);
  }

  /**
   * Leaves the tunnel unaffected. Use this as a placeholder in a sequence of faults.
   *
   * @return the absence of a fault
   */
  static Fault none() {
    return PlainFault.NONE;
  }

  /**
   * Returns this fault with an additional delay before the request is processed.
   *
   * @param time the delay; zero for no delay. Delays add up
   * @return a new fault
   * @throws IllegalArgumentException if the delay is negative
   */
  default Fault delayed(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but is " + time);
    }
    return new DelayedFault(time, this);
  }
}
