package io.github.devicetunnel.micrometer;

import io.github.devicetunnel.BackoffStats;
import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.ListenerInfo;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An event listener that records Micrometer meters for the tunnels of one or more clients. Create
 * one instance per registry and add it to every client:
 *
 * <pre>{@code
 * TunnelMetrics metrics = new TunnelMetrics(registry);
 * TunnelClient one = builder.addEventListener(metrics).build();
 * }</pre>
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>type</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>{@code tunnel.dial}</td><td>timer</td><td>{@code outcome}: {@code upgraded}, {@code
 *     rejected}, {@code failed}</td><td>attempts to open a tunnel</td></tr>
 * <tr><td>{@code tunnel.dial.rejected}</td><td>counter</td><td>{@code status}: the HTTP status</td>
 *     <td>attempts that the cloud rejected</td></tr>
 * <tr><td>{@code tunnel.dial.retried}</td><td>counter</td><td></td><td>failed attempts that are
 *     followed by a retry</td></tr>
 * <tr><td>{@code tunnel.connections}</td><td>counter</td><td>{@code outcome}: {@code opened},
 *     {@code rejected}, {@code failed}</td><td>dialled connections</td></tr>
 * <tr><td>{@code tunnel.connections.open}</td><td>gauge</td><td></td><td>open connections</td></tr>
 * <tr><td>{@code tunnel.closed}</td><td>counter</td><td>{@code reason}: the {@link
 *     CloseReason.Kind}; {@code ended.by}, in lower case</td><td>ended connections, including those
 *     that never opened</td></tr>
 * <tr><td>{@code tunnel.connections.duration}</td><td>timer</td><td></td><td>time from the start of
 *     the dial to the end, for connections that opened</td></tr>
 * <tr><td>{@code tunnel.bytes}</td><td>counter</td><td>{@code direction}: {@code up}, {@code
 *     down}</td><td>payload bytes</td></tr>
 * <tr><td>{@code tunnel.backoffs}</td><td>gauge</td><td></td><td>targets and clouds to which dials
 *     are delayed after failures</td></tr>
 * <tr><td>{@code tunnel.listeners}</td><td>gauge</td><td></td><td>open listeners</td></tr>
 * <tr><td>{@code tunnel.listeners.full}</td><td>counter</td><td></td><td>number of times that a
 *     listener stopped accepting because its client reached the connection limit</td></tr>
 * </table>
 *
 * <p>By default there is no tag for the device or the service, because each tag value is another
 * time series in the monitoring system. An application with few devices can add such a tag:
 *
 * <pre>{@code
 * TunnelMetrics metrics =
 *     new TunnelMetrics(registry, connection -> Tags.of("device", connection.target().deviceId()));
 * }</pre>
 *
 * <p>Several instances on one registry add to the same meters, including gauges. To keep their
 * meters apart, give each instance its own tags. Thread-safe.
 */
public final class TunnelMetrics extends TunnelEventListener {
  /** A target or cloud to which dials are delayed. */
  private record Delayed(String cloudUri, @Nullable Target target) {}

  private final MeterRegistry registry;
  private final Function<ConnectionInfo, ? extends Iterable<Tag>> tags;
  private final AtomicInteger backoffs;
  private final Set<Delayed> delayed = ConcurrentHashMap.newKeySet();
  private final AtomicInteger listeners;
  private final Counter listenersFull;

  private final Map<Tags, ConnectionMeters> meters = new ConcurrentHashMap<>();

  /** Meters by open connection. Avoids computing the tags for every frame. */
  private final Map<ConnectionInfo, ConnectionMeters> open = new ConcurrentHashMap<>();

  /**
   * Creates an instance without additional tags. Meters whose tags are known in advance are
   * registered immediately, with the value 0.
   *
   * @param registry the registry of the meters
   */
  public TunnelMetrics(MeterRegistry registry) {
    this(registry, connection -> Tags.empty());
    meters.put(Tags.empty(), new ConnectionMeters(registry, Tags.empty()));
  }

  /**
   * Creates an instance that adds tags to all meters except those of listeners.
   *
   * @param registry the registry of the meters
   * @param tags the additional tags of a connection; the keys must always be the same, and the
   *     number of different values should be small
   */
  public TunnelMetrics(
      MeterRegistry registry, Function<ConnectionInfo, ? extends Iterable<Tag>> tags) {
    this.registry = registry;
    this.tags = tags;
    this.backoffs =
        SharedGauge.register(
            registry,
            "tunnel.backoffs",
            "Targets and clouds to which dials are delayed after failures",
            Tags.empty());
    this.listeners =
        SharedGauge.register(registry, "tunnel.listeners", "Open listeners", Tags.empty());
    this.listenersFull =
        Counter.builder("tunnel.listeners.full")
            .description("Times that a listener waited because of the connection limit")
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
      ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {
    of(connection).dial("rejected", timings.total());
    of(connection).rejected(rejection.statusCode());
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
    ConnectionMeters connectionMeters = of(connection);
    open.put(connection, connectionMeters);
    connectionMeters.opened();
  }

  @Override
  public void bytesSent(ConnectionInfo connection, int count) {
    ConnectionMeters connectionMeters = open.get(connection);
    if (connectionMeters != null) {
      connectionMeters.up(count);
    }
  }

  @Override
  public void bytesReceived(ConnectionInfo connection, int count) {
    ConnectionMeters connectionMeters = open.get(connection);
    if (connectionMeters != null) {
      connectionMeters.down(count);
    }
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    ConnectionMeters connectionMeters = open.remove(connection);
    if (connectionMeters == null) {
      connectionMeters = of(connection);
      connectionMeters.neverOpened(reason);
    } else {
      connectionMeters.closedAfter(reason.duration());
    }
    connectionMeters.closed(reason);
  }

  @Override
  public void backoff(BackoffStats state) {
    if (delayed.add(new Delayed(state.cloudUri(), state.target()))) {
      backoffs.incrementAndGet();
    }
  }

  @Override
  public void backoffEnded(BackoffStats state) {
    if (delayed.remove(new Delayed(state.cloudUri(), state.target()))) {
      backoffs.decrementAndGet();
    }
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
