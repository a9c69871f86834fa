package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.SourceService;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that many connections through one listener do not affect each other. */
final class ManyConnectionsTest {
  private static final int CONNECTIONS = 100;
  private static final int BYTES = 256 << 10;

  @RegisterExtension final Leaks leaks = new Leaks();

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void carriesHundredConnectionsAtOnce(CloudKind kind) throws Exception {
    try (EchoService service = EchoService.started();
        Cloud cloud = kind.start();
        TunnelClient client =
            cloud.client(service).halfCloseTimeout(Duration.ofMillis(200)).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      CyclicBarrier allOpen = new CyclicBarrier(CONNECTIONS);
      List<Callable<Digest>> exchanges = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int seed = i;
        exchanges.add(() -> exchange(listener, seed, allOpen));
      }

      List<Digest> echoes = runAll(exchanges);

      for (int i = 0; i < CONNECTIONS; i++) {
        assertThat(echoes.get(i)).as("connection %d", i).isEqualTo(RandomBytes.digest(i, BYTES));
      }
      assertThat(service.accepted()).isEqualTo(CONNECTIONS);
    }
  }

  /** Opens a connection, waits until all are open, and returns the digest of the echo. */
  private static Digest exchange(TunnelListener listener, long seed, CyclicBarrier allOpen)
      throws Exception {
    try (Socket socket = LocalEnd.connect(listener)) {
      socket.getOutputStream().write('!');
      assertThat(socket.getInputStream().read()).isEqualTo('!');
      allOpen.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS);
      Upload upload = Upload.start(socket.getOutputStream(), seed, BYTES);
      Digest echo = Digest.of(socket.getInputStream(), BYTES);
      upload.await();
      return echo;
    }
  }

  private static <T> List<T> runAll(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void listenerSurvivesRejectedDials() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client("127.0.0.1:80")
                .deviceId("ffffffffffffffffffffffffffffffff")
                .halfCloseTimeout(Duration.ofMillis(200))
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      for (int i = 0; i < 3; i++) {
        assertThat(endsWithoutData(listener)).isTrue();
      }
      cloud.service().route("ffffffffffffffffffffffffffffffff", "127.0.0.1:80", service.address());

      try (Socket socket = LocalEnd.connect(listener)) {
        socket.getOutputStream().write("hello".getBytes(UTF_8));
        assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
      }
      assertThat(cloud.service().requestCount()).isEqualTo(4);
    }
  }

  private static boolean endsWithoutData(TunnelListener listener) throws IOException {
    try (Socket socket = LocalEnd.connect(listener)) {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
      return true;
    }
  }

  /** A connection whose local client does not read must not block other connections. */
  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void stalledConnectionDoesNotBlockOthers(CloudKind kind) throws Exception {
    int count = 64 << 20;
    try (SourceService service = SourceService.started(5, count);
        Cloud cloud = kind.start();
        TunnelClient client = cloud.client(service).drainTimeout(Duration.ZERO).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket stalled = LocalEnd.connect(listener)) {
      assertThat(stalled.getInputStream().read()).isNotNegative();

      try (Socket socket = LocalEnd.connect(listener)) {
        assertThat(Digest.of(socket.getInputStream(), Long.MAX_VALUE)).isEqualTo(service.digest());
      }
    }
  }
}
