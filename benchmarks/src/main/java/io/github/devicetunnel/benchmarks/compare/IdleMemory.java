package io.github.devicetunnel.benchmarks.compare;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program {@code benchmarks/run Footprint}. */
@Command(
    name = "benchmarks/run Footprint",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Starts each peer several times and measures the time until it accepts connections. Then",
      "opens idle connections through it and measures its resident memory. The limit of open",
      "files must exceed twice the number of connections."
    })
public final class IdleMemory implements Callable<Integer> {
  private static final String START = "accepts after, s";
  private static final String EMPTY = "RSS without a connection, MiB";

  @Mixin private final PeerOptions peerOptions = new PeerOptions();

  @Option(names = "--starts", defaultValue = "9", description = "Default: ${DEFAULT-VALUE}")
  private int starts;

  @Option(
      names = "--connections",
      split = ",",
      defaultValue = "1000",
      description = "Numbers of idle connections, separated by commas. Default: ${DEFAULT-VALUE}")
  private List<Integer> connections = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "Idle time before the memory is measured. Default: ${DEFAULT-VALUE}")
  private int seconds;

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = Workplace.create(peerOptions.tls())) {
      List<Peer> all = peerOptions.all(workplace);
      Figures figures = new Figures();
      for (Peer peer : all) {
        for (int i = 0; i < starts; i++) {
          try (RunningPeer running =
              RunningPeer.start(peer, workplace.stage(), workplace.folder())) {
            figures.add(START, peer.name(), running.startNanos() / 1e9);
          }
        }
        for (int count : connections) {
          hold(peer, count, workplace, figures);
        }
      }
      List<String> rows = new ArrayList<>(List.of(START, EMPTY));
      connections.forEach(count -> rows.addAll(List.of(total(count), each(count))));
      System.out.println(workplace.describe());
      List<String> names = all.stream().map(Peer::name).toList();
      System.out.println(figures.table(rows, names, peerOptions.base(all)));
    }
    return 0;
  }

  private static String total(int count) {
    return "RSS with " + count + " idle connections, MiB";
  }

  private static String each(int count) {
    return "each of " + count + " idle connections, KiB";
  }

  private void hold(Peer peer, int count, Workplace workplace, Figures figures) throws IOException {
    Path folder = workplace.folder();
    List<Socket> open = new ArrayList<>();
    try (RunningPeer running = RunningPeer.start(peer, workplace.stage(), folder)) {
      silence(3);
      long before = running.residentKib();
      figures.add(EMPTY, peer.name(), before / 1024.0);
      for (int i = 0; i < count; i++) {
        Socket socket = running.connect();
        open.add(socket);
        Measure.echoFirst(socket);
      }
      silence(seconds);
      long after = running.residentKib();
      figures.add(total(count), peer.name(), after / 1024.0);
      figures.add(each(count), peer.name(), (after - before) / (double) count);
    } finally {
      Relays.close(open.toArray(Socket[]::new));
    }
  }

  private static void silence(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
