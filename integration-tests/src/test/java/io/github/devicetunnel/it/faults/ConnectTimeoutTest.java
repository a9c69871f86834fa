package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Loopback;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dials to an address that does not answer, as behind a firewall that drops packets. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems answer when the backlog is full")
final class ConnectTimeoutTest {
  @RegisterExtension final Leaks leaks = new Leaks();

  /** A port whose backlog is full, so that Linux drops further connection requests. */
  private static final class BlackHole implements Closeable {
    private static final int CONNECT_TIMEOUT_MILLIS = 500;

    private final ServerSocket server = new ServerSocket(0, 1, Loopback.anyPort().getAddress());
    private final List<Socket> waiting = new ArrayList<>();

    BlackHole() throws IOException {
      boolean accepted = true;
      while (accepted) {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(address(), CONNECT_TIMEOUT_MILLIS);
        } catch (SocketTimeoutException e) {
          accepted = false;
        }
      }
    }

    InetSocketAddress address() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : waiting) {
        socket.close();
      }
      server.close();
    }
  }

  /** Shorter and longer than OkHttp's default connect timeout of 10 s. */
  @ParameterizedTest
  @ValueSource(ints = {1, 12})
  void connectTimeoutReplacesOkHttpDefault(int seconds) throws Exception {
    try (BlackHole hole = new BlackHole();
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri("ws://127.0.0.1:" + hole.address().getPort())
                .deviceId(Cloud.DEVICE)
                .serviceAddress("127.0.0.1:80")
                .credentials(Credentials.apiKey(Cloud.KEY))
                .connectTimeout(Duration.ofSeconds(seconds))
                .build()) {
      assertThat(catchThrowableOfType(TunnelException.class, client::open))
          .hasMessageContaining(
              "no answer within " + seconds + " s, while connecting to 127.0.0.1:")
          .hasMessageEndingWith("if the network requires a proxy, set one");
    }
  }
}
