package io.github.devicetunnel.benchmarks.pressure;

import java.time.Duration;

/** The process of the cloud is stopped, while its kernel still acknowledges packets. */
final class FrozenCloud implements PressureCase {
  private final boolean line;

  /**
   * Creates one of the two variants.
   *
   * @param line whether the local client sends a line to the frozen cloud
   */
  FrozenCloud(boolean line) {
    this.line = line;
  }

  @Override
  public String name() {
    return line ? "frozen-then-line" : "frozen-idle";
  }

  @Override
  public String what() {
    return line
        ? "cloud frozen, then the local client sends a line"
        : "cloud frozen (SIGSTOP) on an idle connection, 1 s pings";
  }

  @Override
  public String bar() {
    return "local side closed within 12 s, with the reason silent cloud";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    try (CloudProcess cloud = CloudProcess.start();
        SilenceProbe probe = SilenceProbe.open(cloud.uri())) {
      cloud.jvm().freeze(Duration.ofMinutes(1));
      return probe.watch(line).judge();
    }
  }
}
