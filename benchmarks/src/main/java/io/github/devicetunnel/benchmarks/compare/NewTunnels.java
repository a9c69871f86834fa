package io.github.devicetunnel.benchmarks.compare;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.benchmarks.machine.SlowPath;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code benchmarks/run Dials}. */
@Command(
    name = "benchmarks/run Dials",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Opens tunnels over TLS one after the other, over a slow path. Counts the round trips until",
      "a tunnel is granted, and until the service has answered a first request."
    })
public final class NewTunnels implements Callable<Integer> {
  private static final String GRANTED = "the tunnel is granted";
  private static final String ANSWERED = "the service has answered a first request";
  private static final List<String> KINDS = List.of("without", "with warmConnections(4)");

  @Option(
      names = "--delay",
      paramLabel = "MS",
      defaultValue = "80",
      description = "Round-trip time of the path. Default: ${DEFAULT-VALUE}")
  private int delay;

  @Option(
      names = "--tunnels",
      defaultValue = "21",
      description = "Number of tunnels of each kind. Default: ${DEFAULT-VALUE}")
  private int tunnels;

  @Override
  public Integer call() throws Exception {
    String missing = SlowPath.missing();
    if (missing != null) {
      System.err.println(missing);
      return 2;
    }
    Figures figures = new Figures();
    try (SlowPath path = SlowPath.open(Duration.ofMillis(delay), 0);
        Workplace workplace = Workplace.create(true, path)) {
      measure(workplace.stage(), 0, KINDS.get(0), figures);
      measure(workplace.stage(), 4, KINDS.get(1), figures);
      System.out.println(workplace.describe());
      System.err.println(path.count());
    }
    System.out.println("Round trips until\n");
    System.out.println(figures.table(List.of(GRANTED, ANSWERED), KINDS, KINDS.get(0)));
    return 0;
  }

  private void measure(Stage stage, int warm, String kind, Figures figures) throws IOException {
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(stage.url())
            .credentials(Credentials.apiKey("ak_benchmark"))
            .tls(TlsSettings.builder().trustOnly(stage.caFile()).build())
            .warmConnections(warm)
            .build()) {
      for (int i = -5; i < tunnels; i++) {
        // Wait until the next warm connection is ready; more frequent tunnels need more warm
        // connections.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10L * delay));
        List<Double> both = open(client);
        if (i >= 0) {
          figures.add(GRANTED, kind, both.get(0));
          figures.add(ANSWERED, kind, both.get(1));
        }
      }
    }
  }

  private List<Double> open(TunnelClient client) throws IOException {
    List<Double> roundTrips = new ArrayList<>();
    long start = System.nanoTime();
    try (TunnelStream stream = client.open()) {
      roundTrips.add(roundTrips(start));
      Measure.ask(stream.inputStream(), stream.outputStream());
      roundTrips.add(roundTrips(start));
    }
    return roundTrips;
  }

  private double roundTrips(long start) {
    return (System.nanoTime() - start) / 1e6 / delay;
  }
}
