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
 * A gauge that is shared by all {@link TunnelMetrics} of a registry. A registry keeps the first
 * gauge with a name and tags and ignores later ones, whereas counters add up. Thread-safe.
 */
final class SharedGauge {
  private record Key(String name, Tags tags) {}

  /** Values must not refer to their registry; otherwise the weak keys are never collected. */
  private static final Map<MeterRegistry, Map<Key, SharedGauge>> GAUGES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final AtomicInteger number = new AtomicInteger();

  /** Prevents a second registration, for which Micrometer logs a warning. */
  private final AtomicBoolean registered = new AtomicBoolean();

  private SharedGauge() {}

  /** Registers the gauge if necessary and returns its value. */
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
