package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.benchmarks.compare.Measure.Size;
import io.github.devicetunnel.benchmarks.machine.SlowPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program {@code benchmarks/run Compare}. */
@Command(
    name = "benchmarks/run Compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares device-tunnel with other programs (peers). Each peer runs in its own process, with",
      "the same service and cloud on this machine. Prints medians, the range, and in bold the",
      "ratio to the base."
    })
public final class Comparison implements Callable<Integer> {
  @Mixin private final PeerOptions peerOptions = new PeerOptions();

  @Mixin private final PathOptions pathOptions = new PathOptions();

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "NAME",
      description = "Any of ${COMPLETION-CANDIDATES}. Default: all")
  private List<Measure> measures = List.of(Measure.values());

  @Option(names = "--rounds", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "ROUNDS",
      defaultValue = "3",
      description = "Rounds before the measurement. Default: ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--mib",
      defaultValue = "256",
      description = "MiB per direction and round. Default: ${DEFAULT-VALUE}")
  private int mib;

  @Option(
      names = "--pings",
      defaultValue = "5000",
      description = "Round trips per round. Default: ${DEFAULT-VALUE}")
  private int pings;

  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "Connections per round. Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--fail-below",
      paramLabel = "RATIO",
      description =
          "Exits with 1 if the first figure of a measure is below this fraction of the base's, for"
              + " any peer. Detects gross regressions of throughput; not applicable to times.")
  private double least;

  @Override
  public Integer call() throws Exception {
    String missing = pathOptions.missing();
    if (missing != null) {
      System.err.println(missing);
      return 2;
    }
    try (SlowPath path = pathOptions.open();
        Workplace workplace = Workplace.create(peerOptions.tls(), path)) {
      List<Peer> all = peerOptions.all(workplace);
      Figures figures = compare(workplace, all);
      System.out.println(workplace.describe());
      List<String> rows = measures.stream().flatMap(one -> one.rows().stream()).toList();
      List<String> names = all.stream().map(Peer::name).toList();
      String base = peerOptions.base(all);
      System.out.println(figures.table(rows, names, base));
      if (path != null) {
        System.err.println(path.count());
      }
      return names.stream().allMatch(name -> isEnough(figures, name, base)) ? 0 : 1;
    }
  }

  private boolean isEnough(Figures figures, String peer, String base) {
    for (Measure measure : measures) {
      String row = measure.rows().get(0);
      double ratio = figures.ratio(row, peer, base);
      if (ratio < least) {
        System.err.printf("%s: %s is %.2f of %s, less than %.2f%n", row, peer, ratio, base, least);
        return false;
      }
    }
    return true;
  }

  private Figures compare(Workplace workplace, List<Peer> all) throws IOException {
    List<RunningPeer> running = new ArrayList<>();
    try {
      for (Peer peer : all) {
        running.add(RunningPeer.start(peer, workplace.stage(), workplace.folder()));
      }
      Size size = new Size((long) mib << 20, pings, connections);
      Figures figures = new Figures();
      for (int round = 1 - warmUp; round <= rounds; round++) {
        System.err.println(round < 1 ? "warming up" : "round " + round + " of " + rounds);
        for (Measure measure : measures) {
          for (RunningPeer peer : running) {
            double[] values = measure.run(peer, size);
            for (int i = 0; round > 0 && i < values.length; i++) {
              figures.add(measure.rows().get(i), peer.peer().name(), values[i]);
            }
          }
        }
      }
      return figures;
    } finally {
      running.forEach(RunningPeer::close);
    }
  }
}
