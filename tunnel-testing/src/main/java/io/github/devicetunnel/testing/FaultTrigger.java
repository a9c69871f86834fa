package io.github.devicetunnel.testing;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The trigger and the effect of a tunnel fault in an open tunnel.
 *
 * @param bytes the number of payload bytes that are forwarded before the fault
 * @param direction the direction in which payload is counted
 * @param action ends the connection to the client; null for a stall
 */
record FaultTrigger(long bytes, Direction direction, @Nullable Consumer<ClientEnd> action) {
  static FaultTrigger after(long bytes, Direction direction, Consumer<ClientEnd> action) {
    check(bytes);
    // A direction without traffic would never trigger it; the one toward the client is always read.
    return new FaultTrigger(bytes, bytes == 0 ? Direction.TOWARD_CLIENT : direction, action);
  }

  static FaultTrigger stallAfter(long bytes, Direction direction) {
    check(bytes);
    return new FaultTrigger(bytes, direction, null);
  }

  private static void check(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative, but is " + bytes);
    }
  }
}
