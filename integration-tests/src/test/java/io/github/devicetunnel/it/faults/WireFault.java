package io.github.devicetunnel.it.faults;

import io.github.devicetunnel.testing.Cut;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import io.github.devicetunnel.testing.WireFaults;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** Wire faults on the network path to the cloud. */
enum WireFault {
  // A tunnel survives these faults without loss.
  DELAY(2 << 20),
  THROTTLE(1 << 20),
  SINGLE_BYTES(64 << 10),
  STALL_AND_RESUME(2 << 20),

  // These faults end every tunnel.
  FIN,
  RST,
  CORRUPT_BIT,
  BLACK_HOLE,
  STALL_FOREVER;

  /** A bit that is illegal in the first byte of a frame and of a TLS record. */
  private static final int RESERVED_BIT = 6;

  /** Number of bytes to transfer under a fault that a tunnel survives. */
  final long bytes;

  WireFault(long bytes) {
    this.bytes = bytes;
  }

  WireFault() {
    this(Exchange.ENDLESS);
  }

  static Stream<WireFault> survived() {
    return Arrays.stream(values()).filter(fault -> fault.bytes != Exchange.ENDLESS);
  }

  static Stream<WireFault> fatal() {
    return Arrays.stream(values()).filter(fault -> fault.bytes == Exchange.ENDLESS);
  }

  /** Returns whether only a timeout can detect the fault. */
  boolean isSilent() {
    return this == BLACK_HOLE || this == STALL_FOREVER;
  }

  /** Starts a fault that a tunnel survives. */
  void begin(FaultProxy proxy) {
    for (Direction direction : Direction.values()) {
      begin(proxy.faults(direction));
    }
  }

  private void begin(WireFaults faults) {
    switch (this) {
      case DELAY -> faults.delay(Duration.ofMillis(20));
      case THROTTLE -> faults.throttle(4 << 20);
      case SINGLE_BYTES -> faults.singleBytes();
      case STALL_AND_RESUME -> faults.throttle(8 << 20); // Slow enough to stall midway.
      default -> throw new AssertionError(this);
    }
  }

  /**
   * Applies a fatal fault to all open connections, whose traffic is in transit or about to start.
   */
  void inject(FaultProxy proxy, Traffic traffic) {
    switch (this) {
      case FIN -> cut(proxy, traffic, Cut.FIN);
      case RST -> cut(proxy, traffic, Cut.RST);
      case CORRUPT_BIT -> proxy.faults(faultDirection(traffic)).corruptAfter(0, RESERVED_BIT);
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

  private static void cut(FaultProxy proxy, Traffic traffic, Cut kind) {
    if (traffic == Traffic.IDLE) {
      proxy.cut(kind);
    } else {
      // Very likely in the middle of a frame.
      proxy.faults(faultDirection(traffic)).cutAfter(300_001, kind);
    }
  }

  private static Direction faultDirection(Traffic traffic) {
    return traffic == Traffic.UPLOAD ? Direction.TOWARD_CLOUD : Direction.TOWARD_CLIENT;
  }
}
