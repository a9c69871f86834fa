package io.github.devicetunnel.testing;

import io.github.devicetunnel.testing.FaultPlan.Corruption;
import io.github.devicetunnel.testing.FaultPlan.CutPoint;
import io.github.devicetunnel.testing.FaultProxy.Cut;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Faults of one direction of a {@link FaultProxy}, to be ordered at any time and from any thread;
 * no order waits. Different faults add up; an order for the same fault replaces the earlier one.
 *
 * <p>Offsets count the bytes that were taken from the sender, from 0 at the beginning of the TCP
 * connection (HTTP and TLS included), or from the next byte that is forwarded. What the proxy has
 * read but not forwarded when an order comes, at most 64 KiB and what a delay holds, is treated as
 * ordered; what it has forwarded is beyond its reach.
 */
public final class Faults {
  private final Consumer<UnaryOperator<FaultPlan>> orders;

  Faults(Consumer<UnaryOperator<FaultPlan>> orders) {
    this.orders = orders;
  }

  private Faults order(UnaryOperator<FaultPlan> change) {
    orders.accept(change);
    return this;
  }

  /**
   * Forwards every byte so much later, and the end of the stream as well; the throughput stays, up
   * to 1 MiB on the way.
   *
   * @param time zero for none
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  public Faults delay(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but is " + time);
    }
    return order(plan -> plan.withDelay(time));
  }

  /**
   * Forwards no more than so many bytes in a second, and does not read faster either.
   *
   * @param bytesPerSecond at least 1
   * @return this
   * @throws IllegalArgumentException for less
   */
  public Faults throttle(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "bytesPerSecond must be at least 1, but is " + bytesPerSecond);
    }
    return order(plan -> plan.withBytesPerSecond(bytesPerSecond));
  }

  /**
   * Stops reading and forwarding, until {@link #resume}. Nothing is lost: the sender is slowed down
   * by TCP once the buffers on the way, some 100 KiB of this proxy and those of the system, are
   * full. An end or reset of the sender is not passed on either.
   *
   * @return this
   */
  public Faults stall() {
    return order(plan -> plan.withStalled(true));
  }

  /**
   * Goes on after {@link #stall}, with the first byte that was held back.
   *
   * @return this
   */
  public Faults resume() {
    return order(plan -> plan.withStalled(false));
  }

  /**
   * Writes each byte by itself, and at once ({@code TCP_NODELAY}): a receiver that counts on
   * getting a header in one piece is found out. Costs a system call a byte.
   *
   * @return this
   */
  public Faults singleBytes() {
    return order(plan -> plan.withSingleBytes(true));
  }

  /**
   * Reads everything and forwards nothing: bytes, end of stream and reset are lost for good, as in
   * a network that drops every packet, except that the sender's writes are taken.
   *
   * @return this
   */
  public Faults blackHole() {
    return order(plan -> plan.withBlackHole(true));
  }

  /**
   * Turns over one bit of one byte, counted from the beginning of each connection. One that has
   * passed already stays as it is.
   *
   * @param offset of the byte; 0 for the first
   * @param bit from 0, the lowest, to 7
   * @return this
   * @throws IllegalArgumentException for anything else
   */
  public Faults corruptAt(long offset, int bit) {
    Corruption corruption = new Corruption(checkOffset(offset), false, checkBit(bit));
    return order(plan -> plan.withCorruption(corruption));
  }

  /**
   * Turns over one bit of a byte to come, counted from the next one that is forwarded.
   *
   * @param bytes how many pass untouched before it
   * @param bit from 0, the lowest, to 7
   * @return this
   * @throws IllegalArgumentException for anything else
   */
  public Faults corruptAfter(long bytes, int bit) {
    Corruption corruption = new Corruption(checkOffset(bytes), true, checkBit(bit));
    return order(plan -> plan.withCorruption(corruption));
  }

  /**
   * Cuts each connection, in both directions, when so many bytes have been forwarded in this one
   * since its beginning; at once where they have been already. See {@link FaultProxy#cut}.
   *
   * @param offset of the first byte that is not forwarded
   * @param how what both ends get
   * @return this
   * @throws IllegalArgumentException when the offset is negative
   */
  public Faults cutAt(long offset, Cut how) {
    CutPoint point = new CutPoint(checkOffset(offset), false, how);
    return order(plan -> plan.withCutPoint(point));
  }

  /**
   * Cuts each connection, in both directions, after so many more bytes, counted from the next one
   * that is forwarded: a connection without traffic is left alone. See {@link FaultProxy#cut}.
   *
   * @param bytes how many are still forwarded
   * @param how what both ends get
   * @return this
   * @throws IllegalArgumentException when it is negative
   */
  public Faults cutAfter(long bytes, Cut how) {
    CutPoint point = new CutPoint(checkOffset(bytes), true, how);
    return order(plan -> plan.withCutPoint(point));
  }

  /**
   * Takes back all faults of this direction: what comes from now on passes as it is.
   *
   * @return this
   */
  public Faults clear() {
    return order(plan -> FaultPlan.NONE);
  }

  private static long checkOffset(long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("an offset must not be negative, but is " + offset);
    }
    return offset;
  }

  private static int checkBit(int bit) {
    if (bit < 0 || bit > 7) {
      throw new IllegalArgumentException("a bit is from 0 to 7, but is " + bit);
    }
    return bit;
  }
}
