package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.WireFaultPlan.Corruption;
import io.github.devicetunnel.testing.WireFaultPlan.CutPoint;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The wire faults of one direction of a {@link FaultProxy}: faults of the TCP connection, which the
 * proxy applies to bytes and not to messages. Thread-safe; no method blocks. Different faults are
 * combined; a new order for the same fault replaces the previous one.
 *
 * <p>Offsets count the bytes read from the sender. They start either with 0 at the beginning of the
 * TCP connection, which includes HTTP and TLS, or with the next byte that is forwarded. A new order
 * also applies to bytes that the proxy has read but not forwarded: at most 64 KiB, plus the bytes
 * held by a delay. It does not apply to bytes that are already forwarded.
 */
public final class WireFaults {
  private final Consumer<UnaryOperator<WireFaultPlan>> orders;

  WireFaults(Consumer<UnaryOperator<WireFaultPlan>> orders) {
    this.orders = orders;
  }

  private WireFaults order(UnaryOperator<WireFaultPlan> change) {
    orders.accept(change);
    return this;
  }

  /**
   * Delays every byte and the end of the stream. The throughput is unchanged while at most 1 MiB is
   * delayed.
   *
   * @param time the delay; zero for no delay
   * @return this
   * @throws IllegalArgumentException if the delay is negative
   */
  public WireFaults delay(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but is " + time);
    }
    return order(plan -> plan.withDelay(time));
  }

  /**
   * Limits the throughput. The proxy also reads no faster than this.
   *
   * @param bytesPerSecond the maximum rate, at least 1
   * @return this
   * @throws IllegalArgumentException if the rate is less than 1
   */
  public WireFaults throttle(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "bytesPerSecond must be at least 1, but is " + bytesPerSecond);
    }
    return order(plan -> plan.withBytesPerSecond(bytesPerSecond));
  }

  /**
   * Stops reading and forwarding until {@link #resume}. No bytes are lost: TCP blocks the sender
   * once the buffers are full, about 100 KiB in this proxy plus those of the system. An end of
   * stream or reset of the sender is not forwarded either.
   *
   * @return this
   */
  public WireFaults stall() {
    return order(plan -> plan.withStalled(true));
  }

  /**
   * Resumes after {@link #stall}, starting with the first byte that was held back.
   *
   * @return this
   */
  public WireFaults resume() {
    return order(plan -> plan.withStalled(false));
  }

  /**
   * Writes each byte separately and immediately ({@code TCP_NODELAY}). Use it to find receivers
   * that expect a header in a single read. Each byte costs a system call.
   *
   * @return this
   */
  public WireFaults singleBytes() {
    return order(plan -> plan.withSingleBytes(true));
  }

  /**
   * Reads and discards everything. Bytes, end of stream and reset are lost for good, like in a
   * network that drops every packet, but the writes of the sender succeed.
   *
   * @return this
   */
  public WireFaults blackHole() {
    return order(plan -> plan.withBlackHole(true));
  }

  /**
   * Flips one bit at an offset from the beginning of each connection. A byte that was already
   * forwarded is not changed.
   *
   * @param offset the offset of the byte; 0 for the first
   * @param bit the bit, from 0 (lowest) to 7
   * @return this
   * @throws IllegalArgumentException if an argument is out of range
   */
  public WireFaults corruptAt(long offset, int bit) {
    Corruption corruption = new Corruption(checkOffset(offset), false, checkBit(bit));
    return order(plan -> plan.withCorruption(corruption));
  }

  /**
   * Flips one bit at an offset from the next byte that is forwarded.
   *
   * @param bytes the number of unchanged bytes before it
   * @param bit the bit, from 0 (lowest) to 7
   * @return this
   * @throws IllegalArgumentException if an argument is out of range
   */
  public WireFaults corruptAfter(long bytes, int bit) {
    Corruption corruption = new Corruption(checkOffset(bytes), true, checkBit(bit));
    return order(plan -> plan.withCorruption(corruption));
  }

  /**
   * Cuts each connection, in both directions, when this direction has forwarded a number of bytes
   * since the beginning of the connection. A connection that has already forwarded them is cut
   * immediately. See {@link FaultProxy#cut}.
   *
   * @param offset the offset of the first byte that is not forwarded
   * @param how the kind of cut that both ends see
   * @return this
   * @throws IllegalArgumentException if the offset is negative
   */
  public WireFaults cutAt(long offset, Cut how) {
    CutPoint point = new CutPoint(checkOffset(offset), false, how);
    return order(plan -> plan.withCutPoint(point));
  }

  /**
   * Cuts each connection, in both directions, after a number of further bytes in this direction.
   * The count starts with the next byte that is forwarded, so a connection without traffic is not
   * cut. See {@link FaultProxy#cut}.
   *
   * @param bytes the number of bytes that are still forwarded
   * @param how the kind of cut that both ends see
   * @return this
   * @throws IllegalArgumentException if the number is negative
   */
  public WireFaults cutAfter(long bytes, Cut how) {
    CutPoint point = new CutPoint(checkOffset(bytes), true, how);
    return order(plan -> plan.withCutPoint(point));
  }

  /**
   * Removes all faults of this direction. Bytes that arrive from now on are forwarded unchanged.
   *
   * @return this
   */
  public WireFaults clear() {
    return order(plan -> WireFaultPlan.NONE);
  }

  private static long checkOffset(long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative, but is " + offset);
    }
    return offset;
  }

  private static int checkBit(int bit) {
    if (bit < 0 || bit > 7) {
      throw new IllegalArgumentException("bit must be from 0 to 7, but is " + bit);
    }
    return bit;
  }
}
