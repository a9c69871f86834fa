package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host name that starts to resolve. Java caches a failed lookup for 10 s, the program for 1 s.
 */
final class FailedLookupTest {
  /** Shorter than Java's default of 10 s, and longer than a loaded machine needs. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(8);

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  @Test
  void failedLookupIsRetriedSoon() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 other.example\n");
    try (TestingCloud cloud = TunnelProgram.echo()) {
      Map<String, String> variables = new HashMap<>(TunnelProgram.settings(cloud));
      int cloudPort = URI.create(cloud.uri()).getPort();
      variables.put("TUNNEL_CLOUD_URI", "ws://cloud.example:" + cloudPort);
      variables.put("TUNNEL_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts);
      try (TunnelProgram program = TunnelProgram.start(folder, variables, "--allow-plaintext")) {
        int port = program.awaitPort();
        TunnelProgram.connectAndExpectClose(port);
        assertThat(program.await("could not be reached: (.*), while resolving cloud.example"))
            .contains("cloud.example");

        Files.writeString(hosts, "127.0.0.1 cloud.example\n");

        assertThat(Await.within(MAX_WAIT, () -> isTunnelWorking(port)))
            .as("%s", program.output())
            .isTrue();
      }
    }
  }

  private static boolean isTunnelWorking(int port) {
    try (Socket socket = TunnelProgram.connectAndExchange(port)) {
      return socket.isConnected();
    } catch (IOException | AssertionError e) {
      return false;
    }
  }
}
