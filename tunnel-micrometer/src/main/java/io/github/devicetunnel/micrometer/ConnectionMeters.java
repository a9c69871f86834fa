package io.github.devicetunnel.micrometer;

import io.github.devicetunnel.CloseReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of all connections with the same tags. */
final class ConnectionMeters {
  private final MeterRegistry registry;
  private final Tags tags;
  private final AtomicInteger open;
  private final Counter opened;
  private final Counter rejected;
  private final Counter failed;
  private final Counter retried;
  private final Counter up;
  private final Counter down;
  private final Timer duration;

  ConnectionMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    this.opened = connections("opened");
    this.rejected = connections("rejected");
    this.failed = connections("failed");
    this.retried =
        counter("tunnel.dial.retried", "Failed dial attempts that were retried").register(registry);
    this.up = bytes("up");
    this.down = bytes("down");
    this.duration =
        Timer.builder("tunnel.connections.duration")
            .description("Time from the dial to the end of connections that opened")
            .tags(tags)
            .register(registry);
    this.open = SharedGauge.register(registry, "tunnel.connections.open", "Open connections", tags);
  }

  private Counter.Builder counter(String name, String description) {
    return Counter.builder(name).description(description).tags(tags);
  }

  private Counter connections(String outcome) {
    return counter("tunnel.connections", "Dialled connections")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter bytes(String direction) {
    return counter("tunnel.bytes", "Transferred payload bytes")
        .baseUnit("bytes")
        .tag("direction", direction)
        .register(registry);
  }

  void dial(String outcome, Duration time) {
    Timer.builder("tunnel.dial")
        .description("Attempts to open a tunnel")
        .tags(tags)
        .tag("outcome", outcome)
        .register(registry)
        .record(time);
  }

  void rejected(int status) {
    counter("tunnel.dial.rejected", "Tunnels that the cloud rejected")
        .tag("status", Integer.toString(status))
        .register(registry)
        .increment();
  }

  void retried() {
    retried.increment();
  }

  void opened() {
    opened.increment();
    open.incrementAndGet();
  }

  void up(int count) {
    up.increment(count);
  }

  void down(int count) {
    down.increment(count);
  }

  /** Records the end of a connection that had opened. */
  void closedAfter(Duration time) {
    open.decrementAndGet();
    duration.record(time);
  }

  void neverOpened(CloseReason reason) {
    (reason.kind() == CloseReason.Kind.REJECTED ? rejected : failed).increment();
  }

  void closed(CloseReason reason) {
    counter("tunnel.closed", "Connections that ended, including those that never opened")
        .tag("reason", reason.kind().name())
        .tag("ended.by", reason.endedBy().name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }
}
