package io.github.devicetunnel;

import io.github.devicetunnel.ConnectionStats.State;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one client since it was built. */
final class Totals {
  final LongAdder opened = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder bytesUp = new LongAdder();
  final LongAdder bytesDown = new LongAdder();

  /** Returns statistics with these counters and the current connections. */
  TunnelStats stats(List<ConnectionStats> connections) {
    int dialing = (int) connections.stream().filter(c -> c.state() == State.DIALING).count();
    return new TunnelStats(
        opened.sum(),
        rejected.sum(),
        failed.sum(),
        connections.size() - dialing,
        dialing,
        bytesUp.sum(),
        bytesDown.sum(),
        connections);
  }
}
