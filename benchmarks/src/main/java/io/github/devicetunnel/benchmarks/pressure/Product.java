package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tunnel listen} in a separate JVM, so that only the product is measured. */
record Product(ChildJvm jvm, InetSocketAddress address) implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("Listening on ([0-9.]+):([0-9]+) ");

  static Product start(String cloudUri, int pingSeconds, String... options)
      throws IOException, InterruptedException {
    return start(List.of(), cloudUri, pingSeconds, options);
  }

  /**
   * Starts the product on a free port.
   *
   * @param prefix as for {@link ChildJvm#start}
   * @param options the options of the JVM
   */
  static Product start(List<String> prefix, String cloudUri, int pingSeconds, String... options)
      throws IOException, InterruptedException {
    List<String> args =
        List.of(
            "listen",
            "--listen-uri",
            "127.0.0.1:0",
            "--cloud-uri",
            cloudUri,
            "--device",
            Rig.DEVICE,
            "--service",
            Rig.SERVICE,
            "--ping-duration",
            Integer.toString(pingSeconds));
    ChildJvm jvm =
        ChildJvm.start(
            prefix, List.of(options), ProductMain.class, args, Map.of("TUNNEL_API_KEY", Rig.KEY));
    Matcher listening = jvm.awaitLine(LISTENING);
    return new Product(
        jvm, new InetSocketAddress(listening.group(1), Integer.parseInt(listening.group(2))));
  }

  @Override
  public void close() {
    jvm.close();
  }
}
