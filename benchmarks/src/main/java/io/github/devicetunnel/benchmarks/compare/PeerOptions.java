package io.github.devicetunnel.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select the peers. */
final class PeerOptions {
  @Option(
      names = "--jdk",
      paramLabel = "NAME=HOME",
      description = "device-tunnel on this JDK; may be repeated. Default: the current JDK")
  private Map<String, String> jdks = new LinkedHashMap<>();

  @Option(
      names = "--peer",
      paramLabel = "NAME=COMMAND",
      description =
          "Another peer; may be repeated. Placeholders: {port} to listen on, {url} of a connection"
              + " to the cloud, {ca} for the CA file of the cloud, {service} for host:port of the"
              + " service.")
  private List<String> peers = new ArrayList<>();

  @Option(
      names = "--with",
      split = ",",
      paramLabel = "NAME",
      description =
          "Built-in peers: socat, two-socats, ssh, bare (a minimal client), direct (no program)."
              + " Default: none")
  private List<String> builtIn = new ArrayList<>();

  @Option(
      names = "--base",
      paramLabel = "NAME",
      description = "Peer that ratios refer to. Default: the first peer")
  private @Nullable String base;

  @Option(names = "--tls", description = "Use wss instead of ws.")
  private boolean tls;

  boolean tls() {
    return tls;
  }

  String base(List<Peer> all) {
    return base == null ? all.get(0).name() : base;
  }

  List<Peer> all(Workplace workplace) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("tunnel.root"));
    Path folder = workplace.folder();
    Path key = Files.writeString(folder.resolve("key.txt"), "ak_benchmark");
    List<Peer> all = new ArrayList<>();
    peers.forEach(peer -> all.add(Peer.parse(peer)));
    if (jdks.isEmpty()) {
      jdks.put("tunnel", System.getProperty("java.home"));
    }
    for (Map.Entry<String, String> jdk : jdks.entrySet()) {
      all.add(BuiltInPeers.product(jdk.getKey(), jdk.getValue(), root, key, tls));
    }
    for (String name : builtIn) {
      all.add(
          switch (name) {
            case "direct" -> new Peer("raw TCP", null);
            case "socat" -> BuiltInPeers.socat();
            case "two-socats" -> BuiltInPeers.twoSocats(workplace.stage());
            case "ssh" -> BuiltInPeers.ssh(workplace);
            case "bare" -> BuiltInPeers.bare();
            default -> throw new IllegalArgumentException("--with: unknown peer " + name);
          });
    }
    return all;
  }
}
