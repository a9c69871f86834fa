package io.github.devicetunnel.benchmarks.pressure;

import io.github.devicetunnel.benchmarks.pressure.Outcome.Verdict;
import io.github.devicetunnel.benchmarks.pressure.SilenceProbe.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A lost network: packets are neither acknowledged nor rejected. */
final class NetworkGone implements PressureCase {
  @Override
  public String name() {
    return "network-gone";
  }

  @Override
  public String what() {
    return "network lost without a packet (two network namespaces, link down)";
  }

  @Override
  public String bar() {
    return "local side closed within 12 s, with the reason silent cloud";
  }

  @Override
  public Outcome run(Scale scale) throws Exception {
    Namespaces made;
    try {
      made = Namespaces.make();
    } catch (IOException e) {
      return Outcome.skipped("cannot create network namespaces: " + e.getMessage());
    }
    try (Namespaces network = made;
        CloudProcess cloud = CloudProcess.start(network.atCloud(), Namespaces.CLOUD_ADDRESS, 0);
        ChildJvm probes =
            ChildJvm.start(
                network.atClient(), List.of(), ProbeMain.class, List.of(cloud.uri()), Map.of())) {
      probes.awaitLine(Pattern.compile("READY"));
      network.cut();
      probes.say("cut");
      Outcome idle = outcome(probes, "IDLE");
      Outcome line = outcome(probes, "LINE");
      boolean passed = idle.verdict() == Verdict.PASS && line.verdict() == Verdict.PASS;
      return new Outcome(
          passed ? Verdict.PASS : Verdict.FAIL,
          "idle: " + idle.measured() + "; with a line sent: " + line.measured());
    }
  }

  private static Outcome outcome(ChildJvm probes, String which) throws Exception {
    String seen =
        probes.awaitLine(Pattern.compile(which + " (.+)"), Duration.ofSeconds(100)).group(1);
    return Seen.parse(seen).judge();
  }
}
