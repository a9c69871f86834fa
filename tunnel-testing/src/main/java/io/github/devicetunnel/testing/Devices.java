package io.github.devicetunnel.testing;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The gateways that are known, and what was ordered of them. From any thread. */
final class Devices {
  private final Map<String, TestDevice> byId = new ConcurrentHashMap<>();
  private final FaultOrders faultsOfAll = new FaultOrders();
  private final Workers workers;
  private final DialScope scope;

  /**
   * None at first.
   *
   * @param scope of those that are added
   */
  Devices(Workers workers, DialScope scope) {
    this.workers = workers;
    this.scope = scope;
  }

  /** The gateway with an ID; adds it if it is new. */
  TestDevice device(String deviceId) {
    return byId.computeIfAbsent(key(deviceId), id -> new TestDevice(id, workers, scope));
  }

  /** The gateway that a request names, or null when it is not known. */
  @Nullable TestDevice find(ConnectionPath path) {
    return byId.get(path.deviceId());
  }

  FaultOrders faultsOfAll() {
    return faultsOfAll;
  }

  /** What is to be done to a request: its gateway's own order, else that of all. */
  Fault takeFault(ConnectionPath path) {
    TestDevice device = find(path);
    Fault fault = device == null ? null : device.faults().take();
    if (fault == null) {
      fault = faultsOfAll.take();
    }
    return fault == null ? Fault.none() : fault;
  }

  Collection<TestDevice> all() {
    return byId.values();
  }

  /** Device IDs may be written in either case. */
  static String key(String deviceId) {
    String key = deviceId.toLowerCase(Locale.ROOT);
    if (!ConnectionPath.isDeviceId(key)) {
      throw new IllegalArgumentException(
          "a device ID must be 32 hexadecimal digits, but is " + deviceId);
    }
    return key;
  }
}
