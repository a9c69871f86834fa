package io.github.devicetunnel.micrometer;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Keeps meters of what the tunnels of one or more clients do. Make one for a registry, and add it
 * to every client:
 *
 * <pre>{@code
 * TunnelMetrics metrics = new TunnelMetrics(registry);
 * TunnelClient one = builder.addEventListener(metrics).build();
 * }</pre>
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>type</th><th>tags</th><th>what</th></tr>
 * <tr><td>{@code tunnel.dial}</td><td>timer</td><td>{@code outcome}: {@code upgraded}, {@code
 *     rejected}, {@code failed}</td><td>each attempt to open a tunnel</td></tr>
 * <tr><td>{@code tunnel.dial.rejected}</td><td>counter</td><td>{@code status}: of HTTP</td>
 *     <td>refusals of the cloud</td></tr>
 * <tr><td>{@code tunnel.dial.retried}</td><td>counter</td><td></td><td>failed attempts that were to
 *     be tried again</td></tr>
 * <tr><td>{@code tunnel.connections}</td><td>counter</td><td>{@code outcome}: {@code opened}, {@code
 *     rejected}, {@code failed}</td><td>connections that were dialled</td></tr>
 * <tr><td>{@code tunnel.connections.open}</td><td>gauge</td><td></td><td>connections that are
 *     open</td></tr>
 * <tr><td>{@code tunnel.closed}</td><td>counter</td><td>{@code reason}, the {@link
 *     CloseReason.Kind}, and {@code ended.by} in lower case</td><td>connections that ended, whether
 *     they had opened or not</td></tr>
 * <tr><td>{@code tunnel.connections.duration}</td><td>timer</td><td></td><td>of those that had
 *     opened, from the beginning of the dial to the end</td></tr>
 * <tr><td>{@code tunnel.bytes}</td><td>counter</td><td>{@code direction}: {@code up}, {@code
 *     down}</td><td>bytes of payload that were carried</td></tr>
 * <tr><td>{@code tunnel.listeners}</td><td>gauge</td><td></td><td>listeners that are open</td></tr>
 * <tr><td>{@code tunnel.listeners.full}</td><td>counter</td><td></td><td>how often a listener began
 *     to carry as many connections as it may</td></tr>
 * </table>
 *
 * <p>There is no tag for the device or the service by default: each value of a tag is one more
 * series for the monitoring system to keep. An application with few of them can have them:
 *
 * <pre>{@code
 * TunnelMetrics metrics =
 *     new TunnelMetrics(registry, connection -> Tags.of("device", connection.deviceId()));
 * }</pre>
 *
 * <p>Several instances for one registry add to the same meters, gauges included. Tags of their own
 * keep the meters of their connections apart. Thread safe.
 */
public final class TunnelMetrics extends TunnelEventListener {
  private final MeterRegistry registry;
  private final Function<ConnectionInfo, ? extends Iterable<Tag>> tags;
  private final AtomicInteger listeners;
  private final Counter listenersFull;

  private final Map<Tags, ConnectionMeters> meters = new ConcurrentHashMap<>();

  /** Of the connections that are open, so that a frame costs no more than one look. */
  private final Map<ConnectionInfo, ConnectionMeters> open = new ConcurrentHashMap<>();

  /**
   * With the tags in the table above and no others. What can be known is there from the start, with
   * zero.
   *
   * @param registry that gets the meters
   */
  public TunnelMetrics(MeterRegistry registry) {
    this(registry, connection -> Tags.empty());
    meters.put(Tags.empty(), new ConnectionMeters(registry, Tags.empty()));
  }

  /**
   * With further tags on all meters but those of listeners.
   *
   * @param registry that gets the meters
   * @param tags of a connection; the keys must always be the same, and the values few
   */
  public TunnelMetrics(
      MeterRegistry registry, Function<ConnectionInfo, ? extends Iterable<Tag>> tags) {
    this.registry = registry;
    this.tags = tags;
    this.listeners =
        SharedGauge.register(registry, "tunnel.listeners", "Listeners that are open", Tags.empty());
    this.listenersFull =
        Counter.builder("tunnel.listeners.full")
            .description("Times that a listener began to carry as many connections as it may")
            .register(registry);
  }

  private ConnectionMeters of(ConnectionInfo connection) {
    Tags key = Tags.of(tags.apply(connection));
    return meters.computeIfAbsent(key, k -> new ConnectionMeters(registry, k));
  }

  @Override
  public void upgraded(ConnectionInfo connection, DialTimings timings) {
    of(connection).dial("upgraded", timings.total());
  }

  @Override
  public void rejected(
      ConnectionInfo connection, TunnelRejectedException refusal, DialTimings timings) {
    of(connection).dial("rejected", timings.total());
    of(connection).rejected(refusal.statusCode());
  }

  @Override
  public void dialFailed(
      ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {
    of(connection).dial("failed", timings.total());
  }

  @Override
  public void retry(ConnectionInfo connection, int attempt, IOException failure, Duration pause) {
    of(connection).retried();
  }

  @Override
  public void opened(ConnectionInfo connection) {
    ConnectionMeters its = of(connection);
    open.put(connection, its);
    its.opened();
  }

  @Override
  public void bytesSent(ConnectionInfo connection, int count) {
    ConnectionMeters its = open.get(connection);
    if (its != null) {
      its.up(count);
    }
  }

  @Override
  public void bytesReceived(ConnectionInfo connection, int count) {
    ConnectionMeters its = open.get(connection);
    if (its != null) {
      its.down(count);
    }
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    ConnectionMeters its = open.remove(connection);
    if (its == null) {
      its = of(connection);
      its.neverOpened(reason);
    } else {
      its.closedAfter(reason.duration());
    }
    its.closed(reason);
  }

  @Override
  public void listenerBound(ListenerInfo listener) {
    listeners.incrementAndGet();
  }

  @Override
  public void listenerClosed(ListenerInfo listener) {
    listeners.decrementAndGet();
  }

  @Override
  public void connectionsWaiting(ListenerInfo listener, int maxConnections) {
    listenersFull.increment();
  }
}
