package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Cut;
import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What the service does to one tunnel instead of carrying it well. Immutable; ordered with {@link
 * FaultOrders}, as often as needed.
 *
 * <pre>{@code
 * service.device(DEVICE).faults()
 *     .onNextConnect(Fault.refuse(503).retryAfter(Duration.ofSeconds(1)))
 *     .onNextConnect(Fault.cutAfter(1000, Direction.TOWARD_CLIENT, Cut.RST).delayed(Duration.ofSeconds(2)));
 * }</pre>
 *
 * <p>Bytes are those of the payload, counted from the beginning of the tunnel. For faults in the
 * midst of a frame, or of TLS, there is {@link FaultProxy}.
 */
public sealed interface Fault permits Refusal, DelayedFault, PlainFault, Strike {
  /**
   * Answers with an error in place of the upgrade.
   *
   * @param status from 200 to 599
   * @return a refusal with a JSON body, whose parts can be changed
   * @throws IllegalArgumentException for another status
   */
  static Refusal refuse(int status) {
    return Refusal.of(status);
  }

  /**
   * Never answers. The request waits until its client leaves, or the service is closed.
   *
   * @return the fault
   */
  static Fault hang() {
    return PlainFault.NO_ANSWER;
  }

  /**
   * Answers late, and then does all that the service does. The service is dialled late, too.
   *
   * @param time before anything is looked at; zero for none
   * @return the fault
   * @throws IllegalArgumentException when it is negative
   */
  static Fault delay(Duration time) {
    return none().delayed(time);
  }

  /**
   * Cuts the tunnel without a close frame.
   *
   * @param bytes how many are forwarded in this direction before it; 0 for a cut as soon as the
   *     tunnel is open
   * @param direction whose bytes count; the cut is in both
   * @param how what the client gets. {@link Cut#FIN} between two messages is the end of the stream
   *     for it, unless it was built with {@link io.github.devicetunnel.BareClose#RESET}. After it
   *     the service is silent and discards what the client sends, until the client closes or for 30
   *     seconds
   * @return the fault
   * @throws IllegalArgumentException when the number is negative
   */
  static Fault cutAfter(long bytes, Direction direction, Cut how) {
    return Strike.after(bytes, direction, client -> client.cut(how));
  }

  /**
   * Closes the tunnel with a close frame of the cloud's.
   *
   * @param bytes how many are forwarded in this direction before it; 0 for a close as soon as the
   *     tunnel is open
   * @param direction whose bytes count
   * @param code from 1000 to 4999, those too that must not be sent; 1005 for a frame without one
   * @param reason 123 bytes in UTF-8 at most
   * @return the fault
   * @throws IllegalArgumentException for anything else
   */
  static Fault closeAfter(long bytes, Direction direction, int code, String reason) {
    if (code < 1000 || code > 4999) {
      throw new IllegalArgumentException("a close code is from 1000 to 4999, but is " + code);
    }
    int length = reason.getBytes(StandardCharsets.UTF_8).length;
    if (length > 123) {
      throw new IllegalArgumentException("reason must fit into 123 bytes, but has " + length);
    }
    return Strike.after(bytes, direction, client -> client.close(code, reason));
  }

  /**
   * Closes the tunnel as soon as it is open. As {@link #closeAfter} otherwise.
   *
   * @param code from 1000 to 4999
   * @param reason 123 bytes in UTF-8 at most
   * @return the fault
   * @throws IllegalArgumentException for anything else
   */
  static Fault close(int code, String reason) {
    return closeAfter(0, Direction.TOWARD_CLIENT, code, reason);
  }

  /**
   * Stops forwarding in one direction, until {@link TunnelService#resume}; nothing is lost. Toward
   * the client the service sends no more payload, but still answers pings. Toward the cloud it does
   * not read from the client at all, and so answers no ping either.
   *
   * @param bytes how many are forwarded before it
   * @param direction which is stalled; the other one goes on
   * @return the fault
   * @throws IllegalArgumentException when the number is negative
   */
  static Fault stallAfter(long bytes, Direction direction) {
    return Strike.stallAfter(bytes, direction);
  }

  /**
   * Nothing: the tunnel is carried well. For a place in a sequence.
   *
   * @return the absence of a fault
   */
  static Fault none() {
    return PlainFault.NONE;
  }

  /**
   * The same, so much later.
   *
   * @param time before anything is looked at; zero for none. Delays add up
   * @return a new fault
   * @throws IllegalArgumentException when it is negative
   */
  default Fault delayed(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but is " + time);
    }
    return new DelayedFault(time, this);
  }
}
