package io.github.devicetunnel.micrometer;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.TunnelEventListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An event listener that counts the payload bytes of each device, for instance for gateways on
 * metered links. The meter is the counter {@code tunnel.device.bytes} with the tags {@code device},
 * the device ID, and {@code direction}, {@code up} or {@code down}. It counts payload only; the
 * guide states the traffic of an idle connection.
 *
 * <p>Each device is two time series in the monitoring system. Therefore the number of devices is
 * limited: the bytes of further devices are counted under the device {@value #OTHERS}.
 *
 * <p>Thread-safe. One instance serves any number of clients.
 */
public final class DeviceBytes extends TunnelEventListener {
  static final String OTHERS = "others";

  private record Meters(Counter up, Counter down) {}

  private final MeterRegistry registry;
  private final int maxDevices;
  private final Function<String, Tags> tags;
  private final Map<String, Meters> devices = new ConcurrentHashMap<>();

  /** Meters by open connection. Avoids looking up the device for every frame. */
  private final Map<ConnectionInfo, Meters> open = new ConcurrentHashMap<>();

  /**
   * Creates an instance.
   *
   * @param registry the registry of the meters
   * @param maxDevices the number of devices with meters of their own, at least 1
   * @throws IllegalArgumentException if {@code maxDevices} is less than 1
   */
  public DeviceBytes(MeterRegistry registry, int maxDevices) {
    this(registry, maxDevices, deviceId -> Tags.empty());
  }

  /**
   * Creates an instance whose meters have further tags, such as the name of the device.
   *
   * @param registry the registry of the meters
   * @param maxDevices the number of devices with meters of their own, at least 1
   * @param tags returns the further tags of a device ID or of {@value #OTHERS}. It is called once
   *     for each device, and must return the same tag keys for all
   * @throws IllegalArgumentException if {@code maxDevices} is less than 1
   */
  public DeviceBytes(MeterRegistry registry, int maxDevices, Function<String, Tags> tags) {
    if (maxDevices < 1) {
      throw new IllegalArgumentException("maxDevices must be at least 1 but is " + maxDevices);
    }
    this.registry = registry;
    this.maxDevices = maxDevices;
    this.tags = Objects.requireNonNull(tags, "tags");
  }

  @Override
  public void opened(ConnectionInfo connection) {
    open.put(connection, of(connection.target().deviceId()));
  }

  private Meters of(String deviceId) {
    Meters known = devices.get(deviceId);
    if (known != null) {
      return known;
    }
    // Locked, because a check and an insertion by two threads would exceed the limit.
    synchronized (devices) {
      String name = devices.size() < maxDevices ? deviceId : OTHERS;
      return devices.computeIfAbsent(name, this::register);
    }
  }

  private Meters register(String device) {
    return new Meters(counter(device, "up"), counter(device, "down"));
  }

  private Counter counter(String device, String direction) {
    return Counter.builder("tunnel.device.bytes")
        .description("Transferred payload bytes by device")
        .baseUnit("bytes")
        .tag("device", device)
        .tag("direction", direction)
        .tags(tags.apply(device))
        .register(registry);
  }

  @Override
  public void bytesSent(ConnectionInfo connection, int count) {
    Meters meters = open.get(connection);
    if (meters != null) {
      meters.up().increment(count);
    }
  }

  @Override
  public void bytesReceived(ConnectionInfo connection, int count) {
    Meters meters = open.get(connection);
    if (meters != null) {
      meters.down().increment(count);
    }
  }

  @Override
  public void closed(ConnectionInfo connection, CloseReason reason) {
    open.remove(connection);
  }
}
