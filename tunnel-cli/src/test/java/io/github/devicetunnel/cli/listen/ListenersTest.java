package io.github.devicetunnel.cli.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DrainReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.cli.Lines;
import io.github.devicetunnel.cli.Program;
import io.github.devicetunnel.cli.TestSignals;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Redaction;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenersTest {
  private static final SocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final Environment empty =
      new Environment(Map.of(), InputStream.nullInputStream(), new TestSignals());
  private final Output output =
      Output.of(
          empty, OutputStream.nullOutputStream(), new Lines(), Charset.defaultCharset(), false);
  private final TunnelClient shared =
      TunnelClient.builder()
          .cloudUri("wss://cloud.example")
          .credentials(Credentials.apiKey("ak_test"))
          .deviceId(Program.DEVICE)
          .serviceAddress("127.0.0.1:80")
          .build();
  private int threads;

  /** Creates a thread. The first thread cannot start, as if the system had none left. */
  private final ThreadFactory secondStarts =
      task ->
          threads++ > 0
              ? new Thread(task)
              : new Thread(task) {
                @Override
                public synchronized void start() {
                  throw new OutOfMemoryError("unable to create native thread");
                }
              };

  private final Listeners listeners =
      new Listeners(
          shared,
          null,
          new Console(output, Redaction.of(new String[0], empty)),
          new Reporter() {},
          secondStarts);

  @AfterEach
  void stop() {
    listeners.close();
    output.close();
  }

  private static TunnelSpec spec(String idleTimeout) {
    return new TunnelSpec("-L", ANY_PORT, Map.of(TunnelSetting.IDLE_TIMEOUT, idleTimeout));
  }

  @Test
  void updateWithoutThreadsChangesNothing() throws Exception {
    List<TunnelSpec> before = List.of(spec("1m"), spec("2m"));
    List<TunnelSpec> after = List.of(spec("2m"), spec("3m"));
    listeners.apply(listeners.prepare(before), Duration.ZERO);
    List<SocketAddress> addresses = listeners.addresses();

    assertThatThrownBy(() -> listeners.apply(listeners.prepare(after), Duration.ZERO))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith(
            "cannot start a thread to drain closed listeners: unable to create");
    assertThat(listeners.addresses()).isEqualTo(addresses);
    addresses.forEach(ListenersTest::assertAccepts);

    listeners.apply(listeners.prepare(after), Duration.ZERO);
    assertThat(listeners.addresses()).hasSize(2).startsWith(addresses.get(1));
    listeners.addresses().forEach(ListenersTest::assertAccepts);
  }

  private static void assertAccepts(SocketAddress address) {
    InetSocketAddress port = (InetSocketAddress) address;
    try (Socket socket = new Socket(port.getAddress(), port.getPort())) {
      assertThat(socket.isConnected()).isTrue();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void drainsOnce() {
    listeners.apply(listeners.prepare(List.of(spec("1m"))), Duration.ZERO);

    DrainReport report = listeners.drain(Duration.ZERO);
    assertThat(listeners.drain(Duration.ofDays(1))).isSameAs(report);
  }
}
