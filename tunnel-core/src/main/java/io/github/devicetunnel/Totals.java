package io.github.devicetunnel;

import java.util.concurrent.atomic.LongAdder;

/** What one client has counted since it was built. */
final class Totals {
  final LongAdder opened = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder bytesUp = new LongAdder();
  final LongAdder bytesDown = new LongAdder();
}
