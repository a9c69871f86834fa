package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Direction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fault of an open tunnel.
 *
 * @param bytes the number of payload bytes that are forwarded before the fault
 * @param direction the direction in which payload is counted
 * @param end the action on the client; null for a stall
 */
record Strike(long bytes, Direction direction, @Nullable Consumer<ClientEnd> end) implements Fault {
  static Strike after(long bytes, Direction direction, Consumer<ClientEnd> end) {
    check(bytes);
    // A direction without traffic would never trigger it; the one toward the client is always read.
    return new Strike(bytes, bytes == 0 ? Direction.TOWARD_CLIENT : direction, end);
  }

  static Strike stallAfter(long bytes, Direction direction) {
    check(bytes);
    return new Strike(bytes, direction, null);
  }

  private static void check(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative, but is " + bytes);
    }
  }
}
