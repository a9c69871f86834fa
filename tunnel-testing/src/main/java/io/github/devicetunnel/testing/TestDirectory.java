package io.github.devicetunnel.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The device directory of a {@link TunnelService}: {@code GET /v3/devices/}. It lists all gateways
 * of the service with the fields that a test sets on {@link TestDevice}. This class records the
 * requests and has the faults of the directory.
 *
 * <pre>{@code
 * service.device(DEVICE).name("turbine-7").customAttribute("site", "north");
 * service.directory()
 *     .onNextRequest(Fault.reject(429).retryAfter(Duration.ofSeconds(1)))
 *     .ignoreFilters(true);
 * }</pre>
 *
 * <p>An access key sees only the devices that it opens. A request without a known access key is
 * answered with 401, and a request with a JWT with 403. Devices are in the order of their IDs,
 * which begin with the creation time. A page has {@code limit} devices: 50 by default, at least 2
 * and at most 1000. The directory filters with {@code FIELD__OPERATOR=VALUE}:
 *
 * <ul>
 *   <li>{@code eq}, {@code neq}, {@code in} and {@code nin} for {@code id}, {@code name}, {@code
 *       endpoint_name}, {@code serial_number}, {@code state}, {@code host_gateway} and {@code
 *       device_class}. The operators {@code in} and {@code nin} have values separated by commas;
 *   <li>{@code gte} and {@code lte} for {@code created_at} and {@code updated_at};
 *   <li>{@code custom_attributes__NAME__eq} for a custom attribute.
 * </ul>
 *
 * <p>An unknown parameter, field or operator, and a malformed value, is answered with 400.
 *
 * <p>Thread-safe. All methods may be called at any time and do not block.
 */
public final class TestDirectory {
  /** Maximum number of recorded requests. */
  private static final int CAPACITY = 1_000;

  private final FaultOrders orders = new FaultOrders();
  private final Deque<String> requests = new ArrayDeque<>(); // guarded by this
  private volatile boolean ignoresFilters;
  private volatile boolean repeatsPages;
  private volatile boolean hasMoreForever;
  private volatile boolean truncatesPages;

  TestDirectory() {}

  /**
   * Orders a fault for the next request without an order. Orders are queued. A request uses up an
   * order even if it is rejected, for example because of its credential. {@link
   * TunnelService#verify} reports an unanswered request, except over HTTP/2.
   *
   * @param fault {@link Fault#reject}, {@link Fault#hang}, {@link Fault#delay} or {@link
   *     Fault#none}
   * @return this
   * @throws IllegalArgumentException if the fault applies only to an open tunnel
   */
  public TestDirectory onNextRequest(Fault fault) {
    orders.onNextConnect(checked(fault));
    return this;
  }

  /**
   * Orders a fault for every request without a queued order, until {@link #clearFaults} or the next
   * call of this method.
   *
   * @param fault a fault as for {@link #onNextRequest}
   * @return this
   * @throws IllegalArgumentException if the fault applies only to an open tunnel
   */
  public TestDirectory onEveryRequest(Fault fault) {
    orders.onEveryConnect(checked(fault));
    return this;
  }

  /**
   * Sets whether filters are ignored, including unknown ones, so that all devices are listed. Some
   * versions of the service ignore filters that they do not know.
   *
   * @param whether false by default
   * @return this
   */
  public TestDirectory ignoreFilters(boolean whether) {
    ignoresFilters = whether;
    return this;
  }

  /**
   * Sets whether every page repeats the first page and promises another page in {@code has_more}.
   *
   * @param whether false by default
   * @return this
   */
  public TestDirectory repeatPages(boolean whether) {
    repeatsPages = whether;
    return this;
  }

  /**
   * Sets whether every page promises another page in {@code has_more}. Pages after the last device
   * are empty.
   *
   * @param whether false by default
   * @return this
   */
  public TestDirectory hasMoreForever(boolean whether) {
    hasMoreForever = whether;
    return this;
  }

  /**
   * Sets whether the JSON of every page ends after half of its characters. The HTTP response itself
   * is complete.
   *
   * @param whether false by default
   * @return this
   */
  public TestDirectory truncatePages(boolean whether) {
    truncatesPages = whether;
    return this;
  }

  /** Removes all orders and resets all other settings, so that the directory works normally. */
  public void clearFaults() {
    orders.clear();
    ignoreFilters(false).repeatPages(false).hasMoreForever(false).truncatePages(false);
  }

  /**
   * Returns the paths and queries of the recorded requests, including rejected ones, such as {@code
   * /v3/devices/?limit=1000}. A request is recorded before its client receives the response, and
   * after an ordered delay.
   *
   * @return a copy, oldest first; at most the latest 1000 requests are kept
   */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  synchronized void record(String request) {
    if (requests.size() == CAPACITY) {
      requests.remove();
    }
    requests.add(request);
  }

  Fault takeFault() {
    Fault fault = orders.take();
    return fault == null ? Fault.none() : fault;
  }

  boolean ignoresFilters() {
    return ignoresFilters;
  }

  boolean repeatsPages() {
    return repeatsPages;
  }

  boolean hasMoreForever() {
    return hasMoreForever;
  }

  boolean truncatesPages() {
    return truncatesPages;
  }

  private static Fault checked(Fault ordered) {
    Fault fault = ordered;
    while (fault instanceof Fault.Delayed delayed) {
      fault = delayed.fault;
    }
    if (fault instanceof Fault.InTunnel) {
      throw new IllegalArgumentException(
          "the fault applies to an open tunnel; use reject, hang or delay for the directory");
    }
    return ordered;
  }
}
