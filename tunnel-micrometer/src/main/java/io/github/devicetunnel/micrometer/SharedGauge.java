package io.github.devicetunnel.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gauge that several {@link TunnelMetrics} of one registry add to, as they add to counters. A
 * registry keeps the first gauge of a name and its tags, and drops others. Thread safe.
 */
final class SharedGauge {
  private record Key(String name, Tags tags) {}

  /** A value must not refer to its registry, or the registry is never collected. */
  private static final Map<MeterRegistry, Map<Key, SharedGauge>> GAUGES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final AtomicInteger number = new AtomicInteger();

  /** Micrometer warns of a second registration. */
  private final AtomicBoolean registered = new AtomicBoolean();

  private SharedGauge() {}

  /** Registers a gauge unless it is registered, and returns its number. */
  static AtomicInteger register(
      MeterRegistry registry, String name, String description, Tags tags) {
    SharedGauge gauge =
        GAUGES
            .computeIfAbsent(registry, unused -> new ConcurrentHashMap<>())
            .computeIfAbsent(new Key(name, tags), unused -> new SharedGauge());
    if (gauge.registered.compareAndSet(false, true)) {
      gauge.registerIn(registry, name, description, tags);
    }
    return gauge.number;
  }

  private void registerIn(MeterRegistry registry, String name, String description, Tags tags) {
    Gauge meter =
        Gauge.builder(name, number, AtomicInteger::get)
            .description(description)
            .strongReference(true)
            .tags(tags)
            .register(registry);
    registry
        .config()
        .onMeterRemoved(
            removed -> {
              if (removed.getId().equals(meter.getId())) {
                registered.set(false);
              }
            });
  }
}
