package io.github.devicetunnel.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TlsSettings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.Upload;
import io.github.devicetunnel.testing.Cut;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.FaultProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Idle connections to the cloud that a NAT dropped without a FIN. */
final class DeadConnectionTest {
  private static final int COUNT = 3;

  @RegisterExtension final Leaks leaks = new Leaks();

  private final IdleConnections idle = new IdleConnections();
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final Queue<DialTimings> dials = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder;
  private EchoService echo;

  @BeforeEach
  void start() throws IOException {
    echo = EchoService.started();
  }

  @AfterEach
  void stop() throws IOException {
    echo.close();
  }

  private static TestingCloud cloud(boolean tls) throws IOException {
    return tls ? TestingCloud.startedWithTls() : TestingCloud.started();
  }

  private TunnelClient.Builder client(TestingCloud cloud, FaultProxy path) throws IOException {
    Path authority = Files.writeString(folder.resolve("ca.pem"), TestingCloud.certificate());
    return cloud
        .client(echo)
        .cloudUri(path.uri())
        .okHttpClient(idle.client().build())
        .tls(TlsSettings.builder().trustOnly(authority).build())
        .addEventListener(new Log());
  }

  /** Drops all traffic of open connections, and none of new connections. */
  private static void dropIdle(FaultProxy path) {
    for (Direction direction : Direction.values()) {
      path.faults(direction).blackHole();
      path.newConnectionFaults(direction).clear();
    }
  }

  private static void exchangeWord(InputStream in, OutputStream out) throws IOException {
    out.write("word".getBytes(UTF_8));
    assertThat(in.readNBytes(4)).isEqualTo("word".getBytes(UTF_8));
  }

  private static void open(TunnelClient client) throws IOException {
    try (TunnelStream stream = client.open()) {
      exchangeWord(stream.inputStream(), stream.outputStream());
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void replacesDeadConnectionAfterTwoSecondsInOneAttempt(boolean tls) throws Exception {
    try (TestingCloud cloud = cloud(tls);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client = client(cloud, path).warmConnections(COUNT).build()) {
      idle.await(COUNT);
      dropIdle(path);

      long start = System.nanoTime();
      open(client);
      assertThat(since(start)).isGreaterThan(Duration.ofMillis(1900));

      assertThat(events).containsExactly("dialStarted 1", "upgraded");
      DialTimings timings = dials.element();
      assertThat(timings.connect()).isNotNull();
      assertThat(timings.upgrade()).isGreaterThan(Duration.ofMillis(1900));
      assertThat(timings.total()).isGreaterThan(timings.upgrade());

      // The other two connections are closed and replaced as well.
      idle.await(COUNT);
      open(client);
      assertThat(dials).hasSize(2).last().extracting(DialTimings::connect).isNull();
    }
  }

  @SuppressWarnings("try") // closed before the end of the block
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void replacesDeadConnectionsConcurrently(boolean tls) throws Exception {
    try (TestingCloud cloud = cloud(tls);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client = client(cloud, path).warmConnections(COUNT).build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      idle.await(COUNT);
      dropIdle(path);

      // One thread per exchange, because the common pool may have a single thread.
      List<Upload> exchanges = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        exchanges.add(Upload.running(() -> exchange(listener)));
      }
      for (Upload each : exchanges) {
        each.await();
      }
      assertThat(dials).hasSize(COUNT);
      assertThat(events.stream().limit(COUNT))
          .as("events before any answer")
          .containsOnly("dialStarted 1");
      client.close(Duration.ZERO); // The protocol has no half-close to wait for.
    }
  }

  private static void exchange(TunnelListener listener) throws IOException {
    try (Socket socket = LocalEnd.connect(listener)) {
      exchangeWord(socket.getInputStream(), socket.getOutputStream());
    }
  }

  /** With and without OkHttp's own retries. */
  @ParameterizedTest
  @CsvSource({"FIN, true", "FIN, false", "RST, true", "RST, false"})
  void replacesClosedConnectionWithoutDelay(Cut cut, boolean retries) throws Exception {
    try (TestingCloud cloud = cloud(true);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client =
            client(cloud, path)
                .okHttpClient(idle.client().retryOnConnectionFailure(retries).build())
                .warmConnections(COUNT)
                .connectTimeout(Await.LONG.multipliedBy(2))
                .reusedConnectionTimeout(Await.LONG)
                .build()) {
      idle.await(COUNT);
      path.cut(cut);
      Await.until(() -> path.openConnections() == 0 || cut == Cut.FIN);
      long start = System.nanoTime();
      open(client);
      assertThat(since(start)).isLessThan(Await.LONG);
      assertThat(events).containsExactly("dialStarted 1", "upgraded");
    }
  }

  @Test
  void reusedConnectionTimeoutIsConfigurable() throws Exception {
    try (TestingCloud cloud = cloud(true);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client =
            client(cloud, path)
                .warmConnections(COUNT)
                .reusedConnectionTimeout(Duration.ofMillis(200))
                .build();
        TunnelClient copy = client.newBuilder().build()) {
      Duration shortest = Await.LONG;
      // A loaded machine occasionally takes longer than the default of 2 s.
      for (int i = 0; i < 10 && shortest.compareTo(Duration.ofMillis(1900)) > 0; i++) {
        idle.await(COUNT);
        dropIdle(path);
        long start = System.nanoTime();
        open(copy);
        shortest = since(start);
      }
      assertThat(shortest).isLessThan(Duration.ofMillis(1900));
    }
  }

  /** Half of the connect timeout remains for the new connection. */
  @Test
  void shortConnectTimeoutLeavesTimeForNewConnection() throws Exception {
    try (TestingCloud cloud = cloud(false);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client =
            client(cloud, path)
                .warmConnections(COUNT)
                .connectTimeout(Duration.ofSeconds(3))
                .reusedConnectionTimeout(Duration.ofSeconds(60))
                .build()) {
      idle.await(COUNT);
      dropIdle(path);
      open(client);
      assertThat(events).containsExactly("dialStarted 1", "upgraded");
    }
  }

  @Test
  void closingClientAbortsBothConnectionAttempts() throws Exception {
    try (TestingCloud cloud = cloud(false);
        FaultProxy path = FaultProxy.start(cloud.uri())) {
      TunnelClient client =
          client(cloud, path)
              .warmConnections(COUNT)
              .connectTimeout(Await.LONG.multipliedBy(2))
              .reusedConnectionTimeout(Duration.ofMillis(100))
              .build();
      idle.await(COUNT);
      dropIdle(path);
      path.onAccept(FaultProxy.AcceptAction.HANG);
      int before = path.acceptedConnections();
      CompletableFuture<TunnelStream> dial = client.openAsync();
      Await.until(() -> path.acceptedConnections() > before);
      client.close(Duration.ZERO);
      // The dial ends well before the connect timeout.
      Await.until("the end of the dial", dial::isDone);
      assertThat(dial).isCompletedExceptionally();
    }
  }

  /** Without warm connections no idle connection is kept, so no connection can be dead. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rejectionLeavesNoIdleConnection(boolean tls) throws Exception {
    try (TestingCloud cloud = cloud(tls);
        FaultProxy path = FaultProxy.start(cloud.uri());
        TunnelClient client =
            client(cloud, path)
                .connectTimeout(Await.LONG.multipliedBy(2))
                .reusedConnectionTimeout(Await.LONG)
                .build();
        TunnelClient unknown =
            client.newBuilder().deviceId("00000000000000000000000000000000").build()) {
      assertThat(catchThrowableOfType(TunnelRejectedException.class, unknown::open).statusCode())
          .isEqualTo(404);
      assertThat(idle.count()).isZero();
      Await.until(() -> path.openConnections() == 0);

      dropIdle(path);
      long start = System.nanoTime();
      open(client);
      assertThat(since(start)).isLessThan(Await.LONG);
    }
  }

  private final class Log extends TunnelEventListener {
    @Override
    public void dialStarted(ConnectionInfo connection, int attempt) {
      events.add("dialStarted " + attempt);
    }

    @Override
    public void upgraded(ConnectionInfo connection, DialTimings timings) {
      events.add("upgraded");
      dials.add(timings);
    }

    @Override
    public void dialFailed(
        ConnectionInfo connection, int attempt, Throwable failure, DialTimings timings) {
      events.add("dialFailed " + attempt + ": " + failure.getMessage());
    }

    @Override
    public void retry(ConnectionInfo connection, int attempt, IOException failure, Duration pause) {
      events.add("retry " + attempt);
    }
  }
}
