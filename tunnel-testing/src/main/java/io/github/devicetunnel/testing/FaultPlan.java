package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultProxy.Cut;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the bytes of one direction. Immutable, and without threads or sockets.
 *
 * @param bytesPerSecond 0 for no limit
 */
record FaultPlan(
    Duration delay,
    long bytesPerSecond,
    boolean stalled,
    boolean singleBytes,
    boolean blackHole,
    @Nullable Corruption corruption,
    @Nullable CutPoint cutPoint) {

  /** Everything passes as it comes. */
  static final FaultPlan NONE = new FaultPlan(Duration.ZERO, 0, false, false, false, null, null);

  /** A throttled direction is served so often in a second, so that it flows and does not gush. */
  private static final int SLICES_PER_SECOND = 50;

  /**
   * The bit to be turned over.
   *
   * @param relative whether the offset counts from the next byte, and not from the first
   */
  record Corruption(long offset, boolean relative, int bit) {}

  /**
   * How many bytes pass before the connection is cut.
   *
   * @param relative whether the offset counts from the next byte, and not from the first
   */
  record CutPoint(long offset, boolean relative, Cut how) {}

  FaultPlan withDelay(Duration value) {
    return new FaultPlan(
        value, bytesPerSecond, stalled, singleBytes, blackHole, corruption, cutPoint);
  }

  FaultPlan withBytesPerSecond(long value) {
    return new FaultPlan(delay, value, stalled, singleBytes, blackHole, corruption, cutPoint);
  }

  FaultPlan withStalled(boolean value) {
    return new FaultPlan(
        delay, bytesPerSecond, value, singleBytes, blackHole, corruption, cutPoint);
  }

  FaultPlan withSingleBytes(boolean value) {
    return new FaultPlan(delay, bytesPerSecond, stalled, value, blackHole, corruption, cutPoint);
  }

  FaultPlan withBlackHole(boolean value) {
    return new FaultPlan(delay, bytesPerSecond, stalled, singleBytes, value, corruption, cutPoint);
  }

  FaultPlan withCorruption(@Nullable Corruption value) {
    return new FaultPlan(delay, bytesPerSecond, stalled, singleBytes, blackHole, value, cutPoint);
  }

  FaultPlan withCutPoint(@Nullable CutPoint value) {
    return new FaultPlan(delay, bytesPerSecond, stalled, singleBytes, blackHole, corruption, value);
  }

  /** The same with every offset counted from the first byte; {@code position} have passed. */
  FaultPlan resolvedAt(long position) {
    FaultPlan plan = this;
    if (corruption != null && corruption.relative) {
      plan =
          plan.withCorruption(new Corruption(position + corruption.offset, false, corruption.bit));
    }
    if (cutPoint != null && cutPoint.relative) {
      plan = plan.withCutPoint(new CutPoint(position + cutPoint.offset, false, cutPoint.how));
    }
    return plan;
  }

  /** How many of the next bytes may be written at once; 0 when the cut comes first. */
  int slice(long position, int length) {
    long slice = singleBytes ? 1 : length;
    if (bytesPerSecond > 0) {
      slice = Math.min(slice, Math.max(1, bytesPerSecond / SLICES_PER_SECOND));
    }
    if (cutPoint != null && !cutPoint.relative) {
      slice = Math.max(0, Math.min(slice, cutPoint.offset - position));
    }
    return (int) slice;
  }

  /** Turns the bit over, if it is among these bytes, of which the first is at {@code position}. */
  void corrupt(byte[] bytes, int offset, int length, long position) {
    if (corruption == null || corruption.relative) {
      return;
    }
    long distance = corruption.offset - position;
    if (distance >= 0 && distance < length) {
      bytes[offset + (int) distance] ^= (byte) (1 << corruption.bit);
    }
  }

  /** How the connection is to be cut now that so many bytes have passed, or null. */
  @Nullable Cut cutAt(long position) {
    return cutPoint != null && !cutPoint.relative && position >= cutPoint.offset
        ? cutPoint.how
        : null;
  }
}
