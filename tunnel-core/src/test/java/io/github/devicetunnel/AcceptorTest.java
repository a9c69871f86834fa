package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.internal.concurrent.Admission;
import io.github.devicetunnel.internal.concurrent.ConnectionThreads;
import io.github.devicetunnel.internal.local.LocalSocket;
import io.github.devicetunnel.internal.local.TcpListeningSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AcceptorTest {
  private static final String THREAD = "acceptor-test";

  private static boolean isRunning() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(THREAD));
  }

  @Test
  void stopEndsWaitForPreparation() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpListeningSocket socket = TcpListeningSocket.bind(anyPort, 1);
    Acceptor acceptor =
        new Acceptor(
            socket,
            new Admission(1),
            new Acceptor.Receiver() {
              @Override
              public void accepted(LocalSocket local) {
                throw new AssertionError("accepted a connection");
              }

              @Override
              public void waiting(int maxConnections) {
                throw new AssertionError("waits for a connection to end");
              }
            });
    ConnectionThreads threads = new ConnectionThreads(1);
    CompletableFuture<Void> never = new CompletableFuture<>();

    acceptor.start(threads, THREAD, never);
    acceptor.stop();
    socket.close();
    acceptor.awaitEnd();

    assertThat(isRunning()).isFalse();
    assertThat(never).isNotDone(); // other listeners still wait for it
    threads.shutdown();
  }
}
