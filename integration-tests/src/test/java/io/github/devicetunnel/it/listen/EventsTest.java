package io.github.devicetunnel.it.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.EventLog;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.SinkService;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events that listeners receive for each kind of connection, from the first to the last. */
@ExtendWith(Leaks.class)
class EventsTest {
  private static final int SIZE = 3_000_000;

  private final EventLog log = new EventLog();

  /** Starts a cloud that reads a request and never answers it. */
  private static ScriptedCloud silentCloud() throws IOException {
    return ScriptedCloud.started(RawConnection::awaitEnd);
  }

  /** Starts a service that reads {@code size} bytes, sends as many, and closes. */
  private static Service exchangeService(int size) throws IOException {
    return Service.started(
        socket -> {
          assertThat(socket.getInputStream().readNBytes(size)).hasSize(size);
          socket.getOutputStream().write(new byte[size]);
        });
  }

  @Test
  void streamReportsEventsInOrder() throws Exception {
    try (Service service = exchangeService(SIZE);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(log).build()) {
      try (TunnelStream stream = client.open()) {
        stream.outputStream().write(new byte[SIZE]);
        assertThat(stream.inputStream().readAllBytes()).hasSize(SIZE);
      }

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "upgraded", "opened", "bytes", "closed REMOTE_CLOSED");
      assertThat(log.sent()).isEqualTo(SIZE);
      assertThat(log.received()).isEqualTo(SIZE);
      CloseReason reason = log.reasons().get(0);
      assertThat(reason.bytesUp()).isEqualTo(SIZE);
      assertThat(reason.bytesDown()).isEqualTo(SIZE);
      ConnectionInfo connection = log.connections().get(0);
      assertThat(connection.target().deviceId()).isEqualTo(Cloud.DEVICE);
      assertThat(connection.target().serviceAddress()).isEqualTo(service.serviceAddress());
      assertThat(connection.localClient()).isNull();
      assertThat(connection.number()).isPositive();
    }
  }

  @Test
  void listenerConnectionReportsEventsInOrder() throws Exception {
    try (Service service = exchangeService(SIZE);
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(log).build()) {
      TunnelListener listener = client.listen(Loopback.anyPort());
      try (Socket local = LocalEnd.connect(listener)) {
        local.getOutputStream().write(new byte[SIZE]);
        assertThat(local.getInputStream().readAllBytes()).hasSize(SIZE);
        assertThat(log.connections().get(0).localClient()).isEqualTo(local.getLocalSocketAddress());
      }
      listener.close();
      listener.close();

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "upgraded", "opened", "bytes", "closed REMOTE_CLOSED");
      assertThat(log.sent()).isEqualTo(SIZE);
      assertThat(log.received()).isEqualTo(SIZE);
      assertThat(log.listenerLines())
          .containsExactly(
              "listenerBound " + listener.localAddress(),
              "listenerClosed " + listener.localAddress());
    }
  }

  @Test
  void rejectedDialReportsRejection() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client("127.0.0.1:80")
                .credentials(Credentials.apiKey("ak_unknown"))
                .addEventListener(log)
                .build()) {
      assertThatThrownBy(client::open).isInstanceOf(TunnelRejectedException.class);

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "rejected 401", "closed REJECTED");
    }
  }

  @Test
  void unreachableCloudReportsEachRetry() throws Exception {
    try (ClosedPort port = new ClosedPort();
        TunnelClient client =
            TunnelClient.builder()
                .cloudUri("ws://" + port.serviceAddress())
                .credentials(Credentials.apiKey(Cloud.KEY))
                .deviceId(Cloud.DEVICE)
                .serviceAddress("127.0.0.1:80")
                .connectRetry(3, Duration.ofMillis(20))
                .addEventListener(log)
                .build()) {
      assertThatThrownBy(client::open).isInstanceOf(TunnelException.class);

      assertThat(log.onlyLines())
          .containsExactly(
              "dialStarted 1",
              "dialFailed 1",
              "retry 1",
              "dialStarted 2",
              "dialFailed 2",
              "retry 2",
              "dialStarted 3",
              "dialFailed 3",
              "closed DIAL_FAILED");
      DialTimings timings = log.timings().get(0);
      assertThat(timings.connect()).isNotNull();
      assertThat(timings.tls()).isNull();
      assertThat(timings.upgrade()).isNull();
    }
  }

  @Test
  void clientCloseReportsShutdownOfOpenConnections() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(log).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener);
        TunnelStream stream = client.open()) {
      local.getOutputStream().write('x');
      assertThat(local.getInputStream().read()).isEqualTo('x');
      stream.outputStream().write('x');
      assertThat(stream.inputStream().read()).isEqualTo('x');

      assertThat(client.close(Duration.ZERO).aborted()).isEqualTo(2);

      List<String> expected =
          List.of("dialStarted 1", "upgraded", "opened", "bytes", "closed SHUTDOWN");
      assertThat(log.lines()).containsExactly(expected, expected);
    }
    assertThat(log.reasons()).hasSize(2);
  }

  @Test
  void clientCloseReportsShutdownOfDials() throws Exception {
    try (ScriptedCloud cloud = silentCloud();
        TunnelClient client = cloud.client("127.0.0.1:80").addEventListener(log).build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      CompletableFuture<Void> opening =
          CompletableFuture.runAsync(
              () -> assertThatThrownBy(client::open).isInstanceOf(TunnelException.class));
      Await.until(() -> cloud.requests() == 2);

      assertThat(client.close(Duration.ZERO).aborted()).isEqualTo(2);
      Await.get(opening);

      List<String> expected = List.of("dialStarted 1", "dialFailed 1", "closed SHUTDOWN");
      assertThat(log.lines()).containsExactly(expected, expected);
      assertThat(local.isConnected()).isTrue();
    }
  }

  @Test
  void interruptedDialReportsLocalClose() throws Exception {
    try (ScriptedCloud cloud = silentCloud();
        TunnelClient client = cloud.client("127.0.0.1:80").addEventListener(log).build()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(client::open).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "dialFailed 1", "closed LOCAL_CLOSED");
    }
  }

  @Test
  void failingInterceptorReportsInternalError() throws Exception {
    OkHttpClient broken =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new IllegalStateException("thrown by the interceptor of a test");
                })
            .build();
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client("127.0.0.1:80").okHttpClient(broken).addEventListener(log).build()) {
      assertThatThrownBy(client::open).isInstanceOf(IllegalStateException.class);

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "dialFailed 1", "closed INTERNAL_ERROR");
    }
  }

  @Test
  void dialReportsTimingOfEachStep() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.startedWithTls();
        TunnelClient client = cloud.client(service).addEventListener(log).build();
        TunnelStream stream = client.open()) {
      DialTimings timings = log.timings().get(0);

      assertThat(timings.dns()).isPositive();
      assertThat(timings.connect()).isPositive();
      assertThat(timings.tls()).isPositive();
      assertThat(timings.upgrade()).isPositive();
      Duration steps =
          timings.dns().plus(timings.connect()).plus(timings.tls()).plus(timings.upgrade());
      assertThat(timings.total()).isGreaterThanOrEqualTo(steps);
      assertThat(stream.stats().age()).isGreaterThanOrEqualTo(timings.total());
    }
  }

  @Test
  void listenerAtConnectionLimitReportsWaiting() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud
                .client(service)
                .maxConnections(1)
                .drainTimeout(Duration.ZERO)
                .addEventListener(log)
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort());
        Socket local = LocalEnd.connect(listener)) {
      Await.until(() -> log.listenerLines().contains("connectionsWaiting 1"));
      assertThat(local.isConnected()).isTrue();
    }
  }

  @Test
  void derivedClientNotifiesSameListeners() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(log).build();
        TunnelClient other = client.newBuilder().build()) {
      other.open().close();

      assertThat(log.onlyLines())
          .containsExactly("dialStarted 1", "upgraded", "opened", "closed LOCAL_CLOSED");
      assertThat(client.stats().opened()).isZero();
      assertThat(other.stats().opened()).isEqualTo(1);
    }
  }

  /** Holds even if one thread writes while another closes. */
  @Test
  void closedIsLastEvent() throws Exception {
    try (SinkService service = SinkService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(service).addEventListener(log).build()) {
      for (int i = 0; i < 100; i++) {
        TunnelStream stream = client.open();
        CompletableFuture<Void> writing =
            CompletableFuture.runAsync(
                () ->
                    assertThatThrownBy(
                            () -> {
                              while (true) {
                                stream.outputStream().write('x');
                              }
                            })
                        .isInstanceOf(IOException.class));
        long before = log.sent();
        Await.until(() -> log.sent() > before);
        stream.close();
        Await.get(writing);
      }

      assertThat(log.lines())
          .hasSize(100)
          .allSatisfy(lines -> assertThat(lines).endsWith("bytes", "closed LOCAL_CLOSED"));
      assertThat(log.reasons()).hasSize(100);
      assertThat(log.sent()).isEqualTo(client.stats().bytesUp());
    }
  }
}
