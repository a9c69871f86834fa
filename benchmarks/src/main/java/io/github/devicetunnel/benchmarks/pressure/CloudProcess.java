package io.github.devicetunnel.benchmarks.pressure;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A running {@link CloudMain}.
 *
 * @param uri the URI with the requested address and port
 * @param directUri the URI of the same cloud without the forwarder
 */
record CloudProcess(ChildJvm jvm, String uri, String directUri) implements AutoCloseable {
  private static final Pattern FRONT = Pattern.compile("FRONT (.+)");
  private static final Pattern DIRECT = Pattern.compile("DIRECT (.+)");

  static CloudProcess start() throws IOException, InterruptedException {
    return start(List.of(), "127.0.0.1", 0);
  }

  static CloudProcess start(List<String> prefix, String address, int port)
      throws IOException, InterruptedException {
    ChildJvm jvm =
        ChildJvm.start(
            prefix, List.of(), CloudMain.class, List.of(address, Integer.toString(port)), Map.of());
    return new CloudProcess(jvm, jvm.awaitLine(FRONT).group(1), jvm.awaitLine(DIRECT).group(1));
  }

  int port() {
    return URI.create(uri).getPort();
  }

  @Override
  public void close() {
    jvm.close();
  }
}
