package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * TCP keep-alive of accepted connections, which detects that a local client on another machine
 * vanished.
 */
@EnabledOnOs(OS.LINUX)
final class ClientKeepAliveTest {
  /** Value of the column {@code tr} for the keep-alive timer (proc(5)). */
  private static final int KEEP_ALIVE = 2;

  /** Timer ticks per second. */
  private static final int TICKS_PER_SECOND = 100;

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void acceptedConnectionIsProbedWithinFifteenSeconds() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      socket.getOutputStream().write('x');
      assertThat(socket.getInputStream().read()).isEqualTo('x');
      String ports = hex(listener.localPort()) + " " + hex(socket.getLocalPort());

      // The retransmission timer may run until the last segment is acknowledged.
      Await.until(() -> timer(ports).isPresent());
      assertThat(timer(ports).orElseThrow()).isBetween(0, 15 * TICKS_PER_SECOND);
    }
  }

  private static String hex(int port) {
    return String.format(Locale.ROOT, "%04X", port);
  }

  /**
   * Returns the ticks until the keep-alive timer of a connection expires, or empty if another timer
   * runs.
   */
  private static Optional<Integer> timer(String ports) {
    return Stream.of("tcp", "tcp6")
        .flatMap(ClientKeepAliveTest::rows)
        .map(row -> Arrays.asList(row.strip().split("[ :]+")))
        .filter(row -> row.size() > 8 && ports.equals(row.get(2) + " " + row.get(4)))
        .filter(row -> Integer.parseInt(row.get(8), 16) == KEEP_ALIVE)
        .map(row -> Integer.parseInt(row.get(9), 16))
        .findFirst();
  }

  private static Stream<String> rows(String table) {
    try {
      return Files.readAllLines(Path.of("/proc/net", table), US_ASCII).stream().skip(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
