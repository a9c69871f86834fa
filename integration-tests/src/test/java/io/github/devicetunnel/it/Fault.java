package io.github.devicetunnel.it;

import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.FaultProxy.Cut;
import io.github.devicetunnel.testing.FaultProxy.Direction;
import io.github.devicetunnel.testing.Faults;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** What can happen on the way to the cloud. */
enum Fault {
  // Nothing is lost by these.
  DELAY(2 << 20),
  THROTTLE(1 << 20),
  SINGLE_BYTES(64 << 10),
  STALL_AND_RESUME(2 << 20),

  // No tunnel outlives one of these.
  FIN,
  RST,
  CORRUPT_BIT,
  BLACK_HOLE,
  STALL_FOREVER;

  /** In the first byte of a frame, or of a record of TLS, it is illegal. */
  private static final int RESERVED_BIT = 6;

  /** How much is carried under a fault that a tunnel survives. */
  final long bytes;

  Fault(long bytes) {
    this.bytes = bytes;
  }

  Fault() {
    this(Exchange.ENDLESS);
  }

  static Stream<Fault> survived() {
    return Arrays.stream(values()).filter(fault -> fault.bytes != Exchange.ENDLESS);
  }

  static Stream<Fault> deadly() {
    return Arrays.stream(values()).filter(fault -> fault.bytes == Exchange.ENDLESS);
  }

  /** Whether it can only be noticed by the time that passes. */
  boolean isSilent() {
    return this == BLACK_HOLE || this == STALL_FOREVER;
  }

  /** Begins a fault that a tunnel survives. */
  void begin(FaultProxy proxy) {
    for (Direction direction : Direction.values()) {
      begin(proxy.faults(direction));
    }
  }

  private void begin(Faults faults) {
    switch (this) {
      case DELAY -> faults.delay(Duration.ofMillis(20));
      case THROTTLE -> faults.throttle(4 << 20);
      case SINGLE_BYTES -> faults.singleBytes();
      case STALL_AND_RESUME -> faults.throttle(8 << 20); // So that it is in the middle.
      default -> throw new AssertionError(this);
    }
  }

  /** Strikes all open connections, whose traffic is on its way, or about to be. */
  void strike(FaultProxy proxy, Traffic traffic) {
    switch (this) {
      case FIN -> cut(proxy, traffic, Cut.FIN);
      case RST -> cut(proxy, traffic, Cut.RST);
      case CORRUPT_BIT -> proxy.faults(struckDirection(traffic)).corruptAfter(0, RESERVED_BIT);
      case BLACK_HOLE -> {
        proxy.faults(Direction.TOWARD_CLOUD).blackHole();
        proxy.faults(Direction.TOWARD_CLIENT).blackHole();
      }
      case STALL_FOREVER -> {
        proxy.faults(Direction.TOWARD_CLOUD).stall();
        proxy.faults(Direction.TOWARD_CLIENT).stall();
      }
      default -> throw new AssertionError(this);
    }
  }

  private static void cut(FaultProxy proxy, Traffic traffic, Cut how) {
    if (traffic == Traffic.IDLE) {
      proxy.cut(how);
    } else {
      // Most probably in the middle of a frame.
      proxy.faults(struckDirection(traffic)).cutAfter(300_001, how);
    }
  }

  private static Direction struckDirection(Traffic traffic) {
    return traffic == Traffic.UPLOAD ? Direction.TOWARD_CLOUD : Direction.TOWARD_CLIENT;
  }
}
