package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.EventLog;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads of connections on a Java with virtual threads, and on one without. */
final class ConnectionThreadsTest {
  private static final boolean VIRTUAL_THREADS = Runtime.version().feature() >= 21;

  private static final int PLATFORM_THREADS = 64;

  /** The listener uses one thread, and each connection two. */
  private static final int CONNECTIONS_ON_PLATFORM_THREADS = PLATFORM_THREADS / 2;

  private static final int CONNECTIONS = CONNECTIONS_ON_PLATFORM_THREADS + 22;

  @RegisterExtension final Leaks leaks = new Leaks();

  /** Threads that dialed, as an application's interceptor sees them. */
  private final List<Thread> dialThreads = new CopyOnWriteArrayList<>();

  @Test
  void connectionsAbovePlatformThreadLimitUseVirtualThreads() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).okHttpClient(recordingClient()).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < CONNECTIONS; i++) {
          sockets.add(connect(listener));
        }

        int platform = VIRTUAL_THREADS ? CONNECTIONS_ON_PLATFORM_THREADS : CONNECTIONS;
        assertThat(dialThreads).hasSize(CONNECTIONS).allMatch(Thread::isDaemon);
        assertThat(dialThreads.subList(0, platform)).noneMatch(ConnectionThreadsTest::isVirtual);
        assertThat(dialThreads.subList(platform, CONNECTIONS))
            .allMatch(ConnectionThreadsTest::isVirtual);
        assertThat(platformThreads())
            .isEqualTo(VIRTUAL_THREADS ? PLATFORM_THREADS : 1 + 2 * CONNECTIONS);
      } finally {
        for (Socket socket : sockets) {
          LocalEnd.reset(socket);
        }
      }
    }
  }

  @Test
  void zeroPlatformThreadsMakesEveryConnectionVirtual() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).okHttpClient(recordingClient()).platformThreads(0).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = connect(listener)) {
      assertThat(dialThreads).hasSize(1);
      assertThat(isVirtual(dialThreads.get(0))).isEqualTo(VIRTUAL_THREADS);
      LocalEnd.reset(socket);
    }
  }

  @Test
  void rejectionOnVirtualThreadResetsClient() throws Exception {
    EventLog log = new EventLog();
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client("127.0.0.1:80")
                .credentials(Credentials.apiKey("ak_unknown"))
                .platformThreads(0)
                .addEventListener(log)
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = LocalEnd.connect(listener)) {
      assertThatThrownBy(() -> socket.getInputStream().read()).hasMessage("Connection reset");
    }
    assertThat(log.onlyLines()).containsExactly("dialStarted 1", "rejected 401", "closed REJECTED");
  }

  private OkHttpClient recordingClient() {
    return new OkHttpClient.Builder()
        .addInterceptor(
            chain -> {
              dialThreads.add(Thread.currentThread());
              return chain.proceed(chain.request());
            })
        .build();
  }

  /** Connects, and returns when both threads of the connection have started. */
  private static Socket connect(TunnelListener listener) throws IOException {
    Socket socket = LocalEnd.connect(listener);
    socket.getOutputStream().write('!');
    assertThat(socket.getInputStream().read()).isEqualTo('!');
    return socket;
  }

  /** Counts the platform threads of tunnels. The JVM does not list virtual threads. */
  private static long platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("tunnel-(accept-\\d+|\\d+-(up|down) .*)"))
        .count();
  }

  /** Calls {@code Thread.isVirtual()}, which Java 17 does not have. */
  private static boolean isVirtual(Thread thread) {
    try {
      return VIRTUAL_THREADS && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("virtual threads require Java 21", e);
    }
  }
}
