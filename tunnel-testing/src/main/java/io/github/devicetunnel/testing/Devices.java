package io.github.devicetunnel.testing;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The known gateways and the tunnel faults that apply to all of them. Thread-safe. */
final class Devices {
  private final Map<String, TestDevice> byId = new ConcurrentHashMap<>();
  private final FaultOrders sharedFaults = new FaultOrders();
  private final Workers workers;
  private final DialScope scope;

  /**
   * Creates an empty set of gateways.
   *
   * @param scope the initial dial scope of new gateways
   */
  Devices(Workers workers, DialScope scope) {
    this.workers = workers;
    this.scope = scope;
  }

  /** Returns the gateway with an ID, and adds it if it is unknown. */
  TestDevice device(String deviceId) {
    return byId.computeIfAbsent(normalizedId(deviceId), id -> new TestDevice(id, workers, scope));
  }

  /** Returns the gateway named in a request, or null if it is unknown. */
  @Nullable TestDevice find(ConnectionPath path) {
    return byId.get(path.deviceId());
  }

  FaultOrders sharedFaults() {
    return sharedFaults;
  }

  /**
   * Returns and removes the fault for a request: an order for its gateway, otherwise an order for
   * all.
   */
  Fault takeFault(ConnectionPath path) {
    TestDevice device = find(path);
    Fault fault = device == null ? null : device.faults().take();
    if (fault == null) {
      fault = sharedFaults.take();
    }
    return fault == null ? Fault.none() : fault;
  }

  Collection<TestDevice> all() {
    return byId.values();
  }

  /** Validates a device ID and converts it to lower case. */
  static String normalizedId(String deviceId) {
    String id = deviceId.toLowerCase(Locale.ROOT);
    if (!ConnectionPath.isDeviceId(id)) {
      throw new IllegalArgumentException("deviceId must be 32 hex digits, but is " + deviceId);
    }
    return id;
  }
}
