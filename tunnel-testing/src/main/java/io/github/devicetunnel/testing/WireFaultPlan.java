package io.github.devicetunnel.testing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wire faults of one direction. Immutable, without threads or sockets.
 *
 * @param bytesPerSecond the maximum rate; 0 for no limit
 */
record WireFaultPlan(
    Duration delay,
    long bytesPerSecond,
    boolean stalled,
    boolean singleBytes,
    boolean blackHole,
    @Nullable Corruption corruption,
    @Nullable CutPoint cutPoint) {

  /** No faults. */
  static final WireFaultPlan NONE =
      new WireFaultPlan(Duration.ZERO, 0, false, false, false, null, null);

  /**
   * Number of writes per second to a throttled direction, so that it flows evenly and not in
   * bursts.
   */
  private static final int SLICES_PER_SECOND = 50;

  /**
   * The bit to flip.
   *
   * @param relative whether the offset counts from the next forwarded byte instead of the first
   *     byte
   */
  record Corruption(long offset, boolean relative, int bit) {}

  /**
   * The number of bytes to forward before the connection is cut.
   *
   * @param relative whether the offset counts from the next forwarded byte instead of the first
   *     byte
   */
  record CutPoint(long offset, boolean relative, Cut how) {}

  WireFaultPlan withDelay(Duration value) {
    return new WireFaultPlan(
        value, bytesPerSecond, stalled, singleBytes, blackHole, corruption, cutPoint);
  }

  WireFaultPlan withBytesPerSecond(long value) {
    return new WireFaultPlan(delay, value, stalled, singleBytes, blackHole, corruption, cutPoint);
  }

  WireFaultPlan withStalled(boolean value) {
    return new WireFaultPlan(
        delay, bytesPerSecond, value, singleBytes, blackHole, corruption, cutPoint);
  }

  WireFaultPlan withSingleBytes(boolean value) {
    return new WireFaultPlan(
        delay, bytesPerSecond, stalled, value, blackHole, corruption, cutPoint);
  }

  WireFaultPlan withBlackHole(boolean value) {
    return new WireFaultPlan(
        delay, bytesPerSecond, stalled, singleBytes, value, corruption, cutPoint);
  }

  WireFaultPlan withCorruption(@Nullable Corruption value) {
    return new WireFaultPlan(
        delay, bytesPerSecond, stalled, singleBytes, blackHole, value, cutPoint);
  }

  WireFaultPlan withCutPoint(@Nullable CutPoint value) {
    return new WireFaultPlan(
        delay, bytesPerSecond, stalled, singleBytes, blackHole, corruption, value);
  }

  /**
   * Returns the plan with all offsets relative to the first byte, where {@code position} bytes were
   * forwarded before.
   */
  WireFaultPlan resolvedAt(long position) {
    WireFaultPlan plan = this;
    if (corruption != null && corruption.relative) {
      plan =
          plan.withCorruption(new Corruption(position + corruption.offset, false, corruption.bit));
    }
    if (cutPoint != null && cutPoint.relative) {
      plan = plan.withCutPoint(new CutPoint(position + cutPoint.offset, false, cutPoint.how));
    }
    return plan;
  }

  /** Returns the number of bytes that may be written at once; 0 if the cut is due first. */
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

  /** Flips the bit if it is in the given range, whose first byte is at {@code position}. */
  void corrupt(byte[] bytes, int offset, int length, long position) {
    if (corruption == null || corruption.relative) {
      return;
    }
    long distance = corruption.offset - position;
    if (distance >= 0 && distance < length) {
      bytes[offset + (int) distance] ^= (byte) (1 << corruption.bit);
    }
  }

  /** Returns how to cut the connection at this position, or null if no cut is due. */
  @Nullable Cut cutAt(long position) {
    return cutPoint != null && !cutPoint.relative && position >= cutPoint.offset
        ? cutPoint.how
        : null;
  }
}
