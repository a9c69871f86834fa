package io.github.devicetunnel.testing;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Faults of tunnels to come, of one gateway or of all. Orders may be given at any time and from any
 * thread; tunnels that are open are not touched.
 *
 * <p>A request for a tunnel uses up one order, whatever then becomes of it: it may still be refused
 * for its key. What was ordered of its gateway goes before what was ordered of all.
 */
public final class FaultOrders {
  private final Deque<Fault> next = new ArrayDeque<>(); // guarded by this
  private @Nullable Fault every; // guarded by this

  FaultOrders() {}

  /**
   * Orders a fault of the next request that has no order yet: orders form a line.
   *
   * @param fault what is done to it
   * @return this
   */
  public FaultOrders onNextConnect(Fault fault) {
    return onNextConnects(1, fault);
  }

  /**
   * Orders a fault of so many requests, the next ones that have no order yet.
   *
   * @param count from 1 to 100,000
   * @param fault what is done to each
   * @return this
   * @throws IllegalArgumentException for another number
   */
  public synchronized FaultOrders onNextConnects(int count, Fault fault) {
    if (count < 1 || count > 100_000) {
      throw new IllegalArgumentException("count must be from 1 to 100000, but is " + count);
    }
    next.addAll(Collections.nCopies(count, fault));
    return this;
  }

  /**
   * Orders a fault of every request for which the line has none, until {@link #clear} or another
   * such order.
   *
   * @param fault what is done to each
   * @return this
   */
  public synchronized FaultOrders onEveryConnect(Fault fault) {
    every = fault;
    return this;
  }

  /** Takes back all orders: tunnels to come are carried well. */
  public synchronized void clear() {
    next.clear();
    every = null;
  }

  /** The fault of a request that has come, or null without an order. */
  synchronized @Nullable Fault take() {
    Fault first = next.poll();
    return first == null ? every : first;
  }
}
