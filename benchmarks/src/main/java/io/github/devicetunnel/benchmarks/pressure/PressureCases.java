package io.github.devicetunnel.benchmarks.pressure;

import java.util.List;

/** All tests, in execution order. */
public final class PressureCases {
  private PressureCases() {}

  /** Returns new instances of all tests. */
  public static List<PressureCase> all() {
    return List.of(
        new SlowReader(),
        new CloudStopsReading(),
        new LateReply(),
        new UploadAndClose(),
        new ThousandAtOnce(),
        new ManyInSequence(),
        new FrozenCloud(false),
        new FrozenCloud(true),
        new CloudWithoutPongs(),
        new NetworkGone(),
        new CloudKilled(),
        new DescriptorsExhausted(),
        new ConstantAborts(),
        new OddFrames(),
        new StalledConnections());
  }
}
