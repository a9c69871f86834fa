package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same classes on a Java with virtual threads, and on one without. */
final class ConnectionThreadsTest {
  private static final boolean VIRTUAL_THREADS = Runtime.version().feature() >= 21;

  private static final int PLATFORM_THREADS = 64;

  /** The listener has one thread, each connection two. */
  private static final int ON_PLATFORM_THREADS = PLATFORM_THREADS / 2;

  private static final int CONNECTIONS = ON_PLATFORM_THREADS + 22;

  @RegisterExtension final Leaks leaks = new Leaks();

  /** Those who dialled, as the application's interceptor sees them. */
  private final List<Thread> dialled = new CopyOnWriteArrayList<>();

  @Test
  void beyondTheFirstTheyAreVirtualWhereThereAreSuch() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).okHttpClient(watched()).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      List<Socket> open = new ArrayList<>();
      try {
        for (int i = 0; i < CONNECTIONS; i++) {
          open.add(connect(listener));
        }

        int platform = VIRTUAL_THREADS ? ON_PLATFORM_THREADS : CONNECTIONS;
        assertThat(dialled).hasSize(CONNECTIONS).allMatch(Thread::isDaemon);
        assertThat(dialled.subList(0, platform)).noneMatch(ConnectionThreadsTest::isVirtual);
        assertThat(dialled.subList(platform, CONNECTIONS))
            .allMatch(ConnectionThreadsTest::isVirtual);
        assertThat(platformThreads())
            .isEqualTo(VIRTUAL_THREADS ? PLATFORM_THREADS : 1 + 2 * CONNECTIONS);
      } finally {
        for (Socket socket : open) {
          LocalEnd.reset(socket);
        }
      }
    }
  }

  @Test
  void fromTheFirstWhereThatIsSaid() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).okHttpClient(watched()).platformThreads(0).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket socket = connect(listener)) {
      assertThat(dialled).hasSize(1);
      assertThat(isVirtual(dialled.get(0))).isEqualTo(VIRTUAL_THREADS);
      LocalEnd.reset(socket);
    }
  }

  @Test
  void aRefusalIsTheSameOnThem() throws Exception {
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

  private OkHttpClient watched() {
    return new OkHttpClient.Builder()
        .addInterceptor(
            chain -> {
              dialled.add(Thread.currentThread());
              return chain.proceed(chain.request());
            })
        .build();
  }

  /** Returns when both threads of the connection are there. */
  private static Socket connect(TunnelListener listener) throws IOException {
    Socket socket = LocalEnd.connect(listener);
    socket.getOutputStream().write('!');
    assertThat(socket.getInputStream().read()).isEqualTo('!');
    return socket;
  }

  /** Virtual ones are not among those that the JVM lists. */
  private static long platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("tunnel-(accept-\\d+|\\d+-(up|down) .*)"))
        .count();
  }

  /** {@code Thread.isVirtual()}, which is not there on Java 17. */
  private static boolean isVirtual(Thread thread) {
    try {
      return VIRTUAL_THREADS && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Java 21 and later have virtual threads", e);
    }
  }
}
