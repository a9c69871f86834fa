package io.github.devicetunnel.testing;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The tunnel faults that apply to new tunnels of one gateway or of all gateways. Thread-safe;
 * orders may be given at any time. Open tunnels are not affected.
 *
 * <p>Each upgrade request uses up one order, even if the request is then rejected, for example
 * because of its credential. Orders for the gateway take precedence over orders for all gateways.
 */
public final class FaultOrders {
  private final Deque<Fault> next = new ArrayDeque<>(); // guarded by this
  private @Nullable Fault every; // guarded by this

  FaultOrders() {}

  /**
   * Orders a fault for the next request without an order. Orders are queued.
   *
   * @param fault the fault
   * @return this
   */
  public FaultOrders onNextConnect(Fault fault) {
    return onNextConnects(1, fault);
  }

  /**
   * Orders a fault for a number of requests, starting with the next request without an order.
   *
   * @param count the number of requests, from 1 to 100,000
   * @param fault the fault for each of them
   * @return this
   * @throws IllegalArgumentException if the count is out of range
   */
  public synchronized FaultOrders onNextConnects(int count, Fault fault) {
    if (count < 1 || count > 100_000) {
      throw new IllegalArgumentException("count must be from 1 to 100000, but is " + count);
    }
    next.addAll(Collections.nCopies(count, fault));
    return this;
  }

  /**
   * Orders a fault for every request without a queued order, until {@link #clear} or the next call
   * of this method.
   *
   * @param fault the fault for each of them
   * @return this
   */
  public synchronized FaultOrders onEveryConnect(Fault fault) {
    every = fault;
    return this;
  }

  /** Removes all orders. New tunnels work normally. */
  public synchronized void clear() {
    next.clear();
    every = null;
  }

  /** Returns and removes the fault for a request; null if there is no order. */
  synchronized @Nullable Fault take() {
    Fault first = next.poll();
    return first == null ? every : first;
  }
}
